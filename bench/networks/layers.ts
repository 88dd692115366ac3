import type { OnnxGraph } from "../../src/engine/onnx/graph.ts"
import { GraphWriter } from "./graph.ts"

/** One product of float32 matrices, [rows, depth] by [depth, columns], the right one constant. */
export function gemm(rows: number, depth: number, columns: number): OnnxGraph {
  const g = new GraphWriter(rows + depth)
  const x = g.input("x", "float32", [rows, depth])
  return g.graph("gemm", [g.node("MatMul", [x, g.weights([depth, columns], Math.sqrt(1 / depth))])])
}

/** The same of bytes: unsigned activations with a zero point, signed weights. */
export function gemmInt8(rows: number, depth: number, columns: number): OnnxGraph {
  const g = new GraphWriter(rows + depth)
  const x = g.input("x", "uint8", [rows, depth])
  const data = Uint8Array.from(
    { length: depth * columns },
    (_, i) => (Math.imul(i, 2654435761) >>> 13) & 0xff,
  )
  const w = g.bytes("int8", [depth, columns], data)
  const zero = g.bytes("uint8", [], Uint8Array.of(128))
  return g.graph("gemm8", [g.node("MatMulInteger", [x, w, zero])])
}

/** One convolution of a square picture. */
export function conv(
  channels: number,
  out: number,
  side: number,
  kernel: number,
  stride = 1,
  groups = 1,
): OnnxGraph {
  const g = new GraphWriter(channels + side)
  const x = g.input("x", "float32", [1, channels, side, side])
  const w = g.weights(
    [out, channels / groups, kernel, kernel],
    Math.sqrt((2 * groups) / (channels * kernel ** 2)),
  )
  const pad = (kernel - 1) >> 1
  const y = g.node("Conv", [x, w, g.between([out], -0.1, 0.1)], {
    kernel_shape: [kernel, kernel],
    pads: [pad, pad, pad, pad],
    strides: [stride, stride],
    group: groups,
  })
  return g.graph("conv", [y])
}
