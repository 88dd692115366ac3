import { OnusError } from "../../protocol/errors.ts"
import type { Step } from "../../protocol/program.ts"

/** Bounds on what a graph may make lowering allocate and compute; a graph beyond them is refused (semantics 4.1). */
export const LOWERING_LIMITS = {
  /** Elements of a value, and size of an axis even if another one is 0: positions have 31 bits. */
  elements: 2 ** 30,
  rank: 64,
  /** Steps of a program. */
  steps: 2 ** 16,
  /** Numbers that say one by one which elements an operator reads: of one axis, one shape, one table. */
  positions: 2 ** 24,
  /** Terms of all constants that are computed while a graph is lowered. */
  folded: 2 ** 28,
  /** What a constant counts that has fewer terms: computing one takes about as long. */
  foldedAtLeast: 2 ** 10,
} as const

/** @throws OnusError `TensorSizeUnsupported` for a shape that no value has. */
export function requireShape(shape: readonly number[]): void {
  const { elements, rank } = LOWERING_LIMITS
  if (shape.length > rank) throw tooLarge(`A value has ${shape.length} axes; at most ${rank} are supported`)
  const count = shape.reduce((all, size) => all * size, 1)
  if (count <= elements && shape.every((size) => size <= elements)) return
  throw tooLarge(`A value of shape [${shape}] is too large; at most 2^30 elements are supported`)
}

/** @throws OnusError `TensorSizeUnsupported` if so many positions would have to be written down one by one. */
export function requirePositions(count: number): number {
  if (count <= LOWERING_LIMITS.positions) return count
  throw tooLarge(`${count} positions would have to be listed; at most 2^24 are supported`)
}

/** @throws OnusError `ProgramTooLarge` for a loop or a stride that descriptors have no room for. */
export function requireNumbers({ domain, reduction, operands }: Step): void {
  const long = [...domain, ...reduction].find((size) => size > LOWERING_LIMITS.elements)
  const far = operands
    .flatMap(({ base, strides, guards, lookups }) => [
      base,
      ...strides,
      ...guards.flatMap(({ coefficients, offset, size }) => [...coefficients, offset, size]),
      ...lookups.flatMap(({ stride, size }) => [stride, size]),
    ])
    .find((number) => !Number.isSafeInteger(number))
  if (long === undefined && far === undefined) return
  const message = `A step has ${long === undefined ? "a stride or an offset" : "a loop"} of ${long ?? far}`
  throw new OnusError("ProgramTooLarge", message, { hint: "Check the sizes in the attributes of the model" })
}

function tooLarge(message: string): OnusError {
  return new OnusError("TensorSizeUnsupported", message, { hint: "Split the tensors of the model" })
}
