import type { OnnxGraph } from "../../src/engine/onnx/graph.ts"
import { GraphWriter, f } from "./graph.ts"

/** Convolution, normalisation and activation as frameworks export them. */
function convolution(
  g: GraphWriter,
  x: string,
  [inside, outside]: readonly [number, number],
  kernel: number,
  options: { stride?: number; groups?: number; act?: "Relu" | "Clip" | undefined },
): string {
  const { stride = 1, groups = 1, act } = options
  const pad = (kernel - 1) >> 1
  const fan = (inside / groups) * kernel * kernel
  const w = g.weights([outside, inside / groups, kernel, kernel], Math.sqrt(2 / fan))
  const y = g.node("Conv", [x, w], {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: [pad, pad, pad, pad],
    group: groups,
  })
  const scale = g.between([outside], 0.8, 1.2)
  const [bias, mean] = [g.between([outside], -0.1, 0.1), g.between([outside], -0.1, 0.1)]
  const variance = g.between([outside], 0.8, 1.2)
  const z = g.node("BatchNormalization", [y, scale, bias, mean, variance], { epsilon: f(1e-5) })
  if (act === "Relu") return g.node("Relu", [z])
  if (act === "Clip") return g.node("Clip", [z, zero(g), six(g)])
  return z
}

const zero = (g: GraphWriter): string => g.floats([], Float32Array.of(0))
const six = (g: GraphWriter): string => g.floats([], Float32Array.of(6))

function classifier(g: GraphWriter, x: string, features: number): string {
  const pooled = g.node("GlobalAveragePool", [x])
  const flat = g.node("Flatten", [pooled], { axis: 1 })
  const w = g.weights([1000, features], Math.sqrt(1 / features))
  return g.node("Gemm", [flat, w, g.between([1000], -0.1, 0.1)], { transB: 1 })
}

/** The shape of ResNet-50 (He et al. 2015, version 1.5): 25.6 M parameters, 4.1 G multiply-accumulates. */
export function resnet50(seed = 50): OnnxGraph {
  const g = new GraphWriter(seed)
  let x = g.input("image", "float32", [1, 3, 224, 224])
  x = convolution(g, x, [3, 64], 7, { stride: 2, act: "Relu" })
  x = g.node("MaxPool", [x], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })
  let inside = 64
  for (const [stage, blocks] of [3, 4, 6, 3].entries()) {
    const width = 64 << stage
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1
      let y = convolution(g, x, [inside, width], 1, { act: "Relu" })
      y = convolution(g, y, [width, width], 3, { stride, act: "Relu" })
      y = convolution(g, y, [width, 4 * width], 1, {})
      const shortcut = block === 0 ? convolution(g, x, [inside, 4 * width], 1, { stride }) : x
      x = g.node("Relu", [g.node("Add", [y, shortcut])])
      inside = 4 * width
    }
  }
  return g.graph("resnet50", [classifier(g, x, inside)])
}

/** The shape of MobileNetV2 (Sandler et al. 2018): 3.5 M parameters, 0.3 G multiply-accumulates. */
export function mobilenetV2(seed = 2): OnnxGraph {
  const g = new GraphWriter(seed)
  let x = g.input("image", "float32", [1, 3, 224, 224])
  x = convolution(g, x, [3, 32], 3, { stride: 2, act: "Clip" })
  let inside = 32
  // Expansion, channels, repeats and stride of the first.
  const stages = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ]
  for (const [expansion, channels, repeats, first] of stages) {
    for (let i = 0; i < repeats; i++) {
      const stride = i === 0 ? first : 1
      const hidden = inside * expansion
      let y = x
      if (expansion !== 1) y = convolution(g, y, [inside, hidden], 1, { act: "Clip" })
      y = convolution(g, y, [hidden, hidden], 3, { stride, groups: hidden, act: "Clip" })
      y = convolution(g, y, [hidden, channels], 1, {})
      x = stride === 1 && inside === channels ? g.node("Add", [x, y]) : y
      inside = channels
    }
  }
  x = convolution(g, x, [inside, 1280], 1, { act: "Clip" })
  return g.graph("mobilenet_v2", [classifier(g, x, 1280)])
}

/** The shape of VGG-19 (Simonyan and Zisserman 2014): 143.7 M parameters, 19.6 G multiply-accumulates. */
export function vgg19(seed = 19): OnnxGraph {
  const g = new GraphWriter(seed)
  let x = g.input("image", "float32", [1, 3, 224, 224])
  let inside = 3
  for (const [width, repeats] of [
    [64, 2],
    [128, 2],
    [256, 4],
    [512, 4],
    [512, 4],
  ]) {
    for (let i = 0; i < repeats; i++) {
      const w = g.weights([width, inside, 3, 3], Math.sqrt(2 / (9 * inside)))
      x = g.node("Conv", [x, w, g.between([width], -0.1, 0.1)], { pads: [1, 1, 1, 1] })
      x = g.node("Relu", [x])
      inside = width
    }
    x = g.node("MaxPool", [x], { kernel_shape: [2, 2], strides: [2, 2] })
  }
  x = g.node("Flatten", [x])
  for (const [features, units] of [
    [25088, 4096],
    [4096, 4096],
    [4096, 1000],
  ]) {
    const w = g.weights([units, features], Math.sqrt(2 / features))
    x = g.node("Gemm", [x, w, g.between([units], -0.1, 0.1)], { transB: 1 })
    if (units !== 1000) x = g.node("Relu", [x])
  }
  return g.graph("vgg19", [x])
}
