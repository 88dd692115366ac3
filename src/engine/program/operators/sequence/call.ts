import type { OnnxAttribute } from "../../../onnx/graph.ts"
import { NodeContext } from "../../node.ts"
import type { Value } from "../../value.ts"
import { OPERATORS } from "../index.ts"

/** Lowers another operator of the newest form in place of a part of this node; errors name this node. */
export function call(
  node: NodeContext,
  opType: string,
  inputs: readonly (Value | undefined)[],
  attributes: Readonly<Record<string, number | readonly number[]>> = {},
): Value {
  const entries = Object.entries(attributes).map(([name, value]): [string, OnnxAttribute] => [
    name,
    typeof value === "number"
      ? { type: "int", value: BigInt(value) }
      : { type: "ints", value: value.map(BigInt) },
  ])
  const inner = { ...node.node, attributes: new Map(entries) }
  const [result] = OPERATORS[opType](new NodeContext(node.builder, inner, OPSET, inputs))
  return result ?? node.fail(`${opType} has no result`)
}

/** The forms of operators that the calls here use: axes are inputs, Softmax has one axis. */
const OPSET = 20

/** The values one after another along an axis. */
export const concat = (node: NodeContext, values: readonly Value[], axis: number): Value =>
  values.length === 1 ? values[0] : call(node, "Concat", values, { axis })
