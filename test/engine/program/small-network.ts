import type { OnnxGraph } from "../../../src/engine/onnx/graph.ts"
import { type Attributes, graphOf, node, values } from "./graphs.ts"

/** Numbers that differ from each other. */
export const ramp = (length: number): number[] => Array.from({ length }, (_, i) => (i % 7) - 3 + i / 16)

/** A small network with all six operators. */
export function network(change: Partial<Record<"conv" | "pool" | "gemm", Attributes>> = {}): OnnxGraph {
  return graphOf({
    inputs: { x: [1, 2, 6, 6] },
    constants: [
      values("w", [3, 2, 3, 3], ramp(54)),
      values("b", [3], ramp(3)),
      values("B", [5, 27], ramp(135)),
      values("C", [5], ramp(5)),
    ],
    nodes: [
      node("Conv", ["x", "w", "b"], "c", { pads: [1, 1, 1, 1], ...change.conv }),
      node("Relu", ["c"], "r"),
      node("MaxPool", ["r"], "p", { kernel_shape: [2, 2], strides: [2, 2], ...change.pool }),
      node("Flatten", ["p"], "f"),
      node("Gemm", ["f", "B", "C"], "g", { transB: 1, ...change.gemm }),
      node("Softmax", ["g"], "y"),
    ],
    outputs: ["y"],
  })
}
