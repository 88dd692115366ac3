import type { Values } from "../../../src/engine/executor.ts"
import { Emitter, type Register } from "../../../src/engine/program/scalar/emitter.ts"
import { Body, ElementType } from "../../../src/protocol/program.ts"
import { run } from "../reference/steps.ts"

/** A list of elements of one type. */
export interface Column {
  readonly type: ElementType
  readonly values: Values
}

export const floats = (values: Iterable<number>): Column => ({
  type: ElementType.Float32,
  values: Float32Array.from(values),
})

/** The floats with the given bit patterns. */
export const patterns = (words: Iterable<number>): Column => ({
  type: ElementType.Float32,
  values: new Float32Array(Uint32Array.from(words).buffer),
})

/** Runs emitted instructions on equally long columns, as the epilogue of a step. */
export function apply(
  make: (e: Emitter, ...registers: Register[]) => Register,
  ...columns: readonly Column[]
): Values {
  const e = new Emitter(columns[0].type)
  const registers = columns.map(({ type }, operand) => (operand === 0 ? 0 : e.load(operand, type)))
  const result = make(e, ...registers)
  return run({
    type: e.typeOf(result),
    domain: [columns[0].values.length],
    body: Body.Read,
    mode: 1,
    operands: columns.map((column) => ({ ...column, strides: [1] })),
    epilogue: e.upTo(result),
  })
}

/** The same for one float. */
export function applyOne(make: (e: Emitter, ...registers: Register[]) => Register, ...xs: number[]): number {
  return apply(make, ...xs.map((x) => floats([x])))[0] as number
}
