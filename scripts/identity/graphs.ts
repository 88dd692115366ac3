import { GraphWriter, f } from "../../bench/networks/graph.ts"
import type { OnnxGraph } from "../../src/engine/onnx/graph.ts"

const UNARY = [
  ...[
    "Abs",
    "Acos",
    "Acosh",
    "Asin",
    "Asinh",
    "Atan",
    "Atanh",
    "Ceil",
    "Cos",
    "Cosh",
    "Elu",
    "Erf",
    "Exp",
    "Floor",
  ],
  ...["HardSigmoid", "HardSwish", "LeakyRelu", "Log", "Mish", "Neg", "Reciprocal", "Relu", "Round", "Selu"],
  ...["Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Softsign", "Sqrt", "Tan", "Tanh", "Gelu"],
]
const BINARY = ["Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Equal", "Less", "GreaterOrEqual"]

/** Every function of one or two numbers, on any bit patterns. */
export function functions(): OnnxGraph {
  const g = new GraphWriter(1)
  const [x, y] = [g.input("x", "float32", [512]), g.input("y", "float32", [512])]
  const outputs = UNARY.map((op) => g.node(op, [x]))
  outputs.push(...BINARY.map((op) => g.node(op, [x, y])), g.node("Mod", [x, y], { fmod: 1 }))
  return g.graph("functions", outputs, 20)
}

/** Arithmetic of integers, conversions, and quantised products. */
export function integers(): OnnxGraph {
  const g = new GraphWriter(2)
  const [a, b] = [g.input("a", "int64", [400]), g.input("b", "int64", [400])]
  const outputs = ["Add", "Sub", "Mul", "Div", "Mod", "Max", "Min", "Less"].map((op) => g.node(op, [a, b]))
  for (const type of [1, 2, 3, 6, 9]) outputs.push(g.node("Cast", [a], { to: type }))
  const [p, q] = [g.input("p", "uint8", [30, 70]), g.input("q", "int8", [70, 40])]
  const zero = g.bytes("uint8", [], Uint8Array.of(117))
  outputs.push(g.node("MatMulInteger", [p, q, zero]))
  const image = g.input("image", "uint8", [1, 6, 13, 11])
  const kernel = g.bytes(
    "int8",
    [8, 3, 3, 3],
    Uint8Array.from({ length: 216 }, (_, i) => (i * 89) & 0xff),
  )
  outputs.push(
    g.node("ConvInteger", [image, kernel, zero], { group: 2, pads: [1, 1, 1, 1], strides: [2, 1] }),
  )
  const x = g.input("x", "float32", [40, 10])
  outputs.push(...g.nodes("DynamicQuantizeLinear", [x], 3))
  const scale = g.floats([], Float32Array.of(0.03))
  const quantised = g.node("QuantizeLinear", [x, scale, zero])
  outputs.push(quantised, g.node("DequantizeLinear", [quantised, scale, zero]))
  return g.graph("integers", outputs)
}

/** Windows, normalisations and reductions of pictures. */
export function pictures(): OnnxGraph {
  const g = new GraphWriter(3)
  const x = g.input("x", "float32", [2, 6, 17, 15])
  const conv = (from: string, dims: readonly number[], options: Record<string, number | readonly number[]>) =>
    g.node("Conv", [from, g.weights(dims, 0.3), g.between([dims[0]], -1, 1)], options)
  const plain = g.node("Relu", [conv(x, [16, 6, 3, 3], { pads: [1, 1, 1, 1] })])
  const depthwise = conv(plain, [16, 1, 5, 5], { group: 16, pads: [2, 2, 2, 2], strides: [2, 2] })
  const dilated = conv(plain, [12, 8, 3, 2], { group: 2, dilations: [2, 3] })
  const transposed = g.node("ConvTranspose", [depthwise, g.weights([16, 4, 3, 3], 0.2)], { strides: [2, 2] })
  const window = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }
  const pooled = g.node("MaxPool", [plain], window)
  const outputs = [dilated, transposed, pooled, g.node("AveragePool", [plain], window)]
  outputs.push(g.node("GlobalAveragePool", [depthwise]), g.node("LRN", [pooled], { size: 5 }))
  const [scale, bias] = [g.between([16], 0.5, 1.5), g.between([16], -1, 1)]
  outputs.push(g.node("InstanceNormalization", [plain, scale, bias]))
  outputs.push(
    g.node("Resize", [pooled, "", g.floats([4], Float32Array.of(1, 1, 1.7, 2))], { mode: "linear" }),
  )
  for (const op of ["ReduceMean", "ReduceMax", "ReduceProd", "ReduceL2", "ReduceLogSumExp"])
    outputs.push(g.node(op, [plain], { axes: [1, 3], keepdims: 0 }))
  return g.graph("pictures", outputs)
}

/** What transformers and recurrent networks are made of. */
export function sequences(): OnnxGraph {
  const g = new GraphWriter(4)
  const ids = g.input("ids", "int64", [1, 12])
  const width = 24
  const x = g.node("Gather", [g.weights([50, width], 1), ids])
  const norm = g.node("LayerNormalization", [x, g.between([width], 0.5, 1.5), g.between([width], -1, 1)])
  const [q, k, v] = [1, 2, 3].map(() => g.node("MatMul", [norm, g.weights([width, width], 0.2)]))
  const scores = g.node("MatMul", [q, g.node("Transpose", [k], { perm: [0, 2, 1] })])
  const attention = g.node("MatMul", [g.node("Softmax", [scores], { axis: -1 }), v])
  const outputs = [
    attention,
    g.node("LogSoftmax", [scores], { axis: 1 }),
    g.node("CumSum", [v, g.int64s([1])]),
  ]
  outputs.push(...g.nodes("TopK", [q, g.int64s([5])], 2), g.node("ArgMax", [k], { axis: 1 }))
  const gates = [g.weights([1, 32, width], 0.3), g.weights([1, 32, 8], 0.3)]
  const steps = g.node("Transpose", [attention], { perm: [1, 0, 2] })
  outputs.push(...g.nodes("LSTM", [steps, ...gates], 3, { hidden_size: 8, clip: f(3) }))
  return g.graph("sequences", outputs)
}
