import type { ElementType } from "../../../../protocol/program.ts"
import { TYPE_NAMES } from "../../../executor.ts"
import type { Lowering, NodeContext } from "../../node.ts"
import type { Emitter, Register } from "../../scalar/emitter.ts"
import type { Value } from "../../value.ts"

/** Makes one element from one element of every input. */
export type Make = (e: Emitter, ...inputs: Register[]) => Register

/** The inputs of a node, all of one type, which is among `types`. */
export function alike(node: NodeContext, types: readonly ElementType[]): Value[] {
  const inputs = node.inputs.map((_, i) => node.requireType(i, ...types))
  const other = inputs.find((value) => value.type !== inputs[0].type)
  if (!other) return inputs
  return node.fail(
    `its inputs are of different types, ${TYPE_NAMES[inputs[0].type]} and ${TYPE_NAMES[other.type]}`,
  )
}

/** Applies a function of `count` elements to the inputs, which are of one type and broadcast. */
export function pointwise(
  node: NodeContext,
  count: number,
  types: readonly ElementType[],
  make: Make,
): Value[] {
  if (node.inputCount !== count) node.fail(`it has ${node.inputCount} inputs instead of ${count}`)
  return [node.builder.map(alike(node, types), (e, registers) => make(e, ...registers))]
}

/** An operator of one input without attributes. */
export const unary =
  (types: readonly ElementType[], make: Make): Lowering =>
  (node) =>
    pointwise(node, 1, types, make)

/** An operator of two inputs without attributes. */
export const binary =
  (types: readonly ElementType[], make: Make): Lowering =>
  (node) =>
    pointwise(node, 2, types, make)
