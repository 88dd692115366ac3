import { type Access, Body, type ElementType, Op, Space, type Step } from "../../src/protocol/program.ts"

/** An access to tensor `id` of Input. */
export function access(
  type: ElementType,
  id: number,
  length: number,
  strides: readonly number[],
  more: Partial<Access> = {},
): Access {
  const tensor = { space: Space.Input, type, id, firstLeaf: 0, length }
  return { tensor, base: 0, strides, guards: [], lookups: [], ...more }
}

/** A step with the given parts: by default it moves operand 0. */
export function stepOf(type: ElementType, operands: readonly Access[], more: Partial<Step> = {}): Step {
  const { domain = [] } = more
  const length = domain.reduce((all, size) => all * size, 1)
  const output = { space: Space.Output, type, id: 0, firstLeaf: 0, length }
  return { output, domain, reduction: [], body: Body.Read, mode: 1, operands, epilogue: [], ...more }
}

/** An instruction. */
export const instruction = (op: Op, type: ElementType, a = 0, b = 0, c = 0, value = 0n) => {
  return { op, type, a, b, c, value }
}
