import type { Builder } from "../../builder.ts"
import type { NodeContext } from "../../node.ts"
import type { Reader, Value } from "../../value.ts"
import { candidatesOf, read, shifted } from "./readers.ts"

/** The most operands that one step is given: every one of them is part of what a dispute has to show. */
const MAX_OPERANDS = 32

/** Concat: one candidate per input. */
export function lowerConcat(node: NodeContext): Value[] {
  const [first, ...others] = node.inputs
  const axis = node.axis(node.int("axis") ?? node.fail("axis is missing"), first.shape.length)
  for (const { type, shape } of others) {
    if (type !== first.type) node.fail("the inputs are of different types")
    const fits =
      shape.length === first.shape.length && shape.every((size, i) => i === axis || size === first.shape[i])
    if (!fits) node.fail(`the shapes [${first.shape}] and [${shape}] do not concatenate on axis ${axis}`)
  }
  return [concat(node.builder, node.inputs, axis)]
}

/** Values of one type behind each other along an axis. */
export function concat(builder: Builder, values: readonly Value[], axis: number): Value {
  const parts = values.filter(({ shape }) => shape[axis] > 0)
  if (parts.length <= 1) return parts[0] ?? values[0]
  const total = parts.reduce((sum, { shape }) => sum + shape[axis], 0)
  const shape = parts[0].shape.map((size, i) => (i === axis ? total : size))
  if (parts.length > MAX_OPERANDS) return concat(builder, grouped(builder, parts, axis), axis)
  return read(builder, shape, parts, (inputs) => {
    const readers: (Reader | undefined)[] = []
    let start = 0
    for (const [i, input] of inputs.entries()) {
      const size = input.shape[axis]
      const place = (one: Reader) => shifted(one, axis, start, size, total)
      const own = candidatesOf(builder, input)
      const room = MAX_OPERANDS - operands(readers) - (inputs.length - 1 - i)
      readers.push(...(operands(own) <= room ? own : [builder.reader(input)]).map(place))
      start += size
    }
    return readers.includes(undefined) ? undefined : (readers as Reader[])
  })
}

/** How many operands readers take. */
const operands = (readers: readonly (Reader | undefined)[]): number =>
  readers.reduce((sum, reader) => sum + 1 + (reader?.lookups.length ?? 0), 0)

/** Neighbours concatenated, so that fewer are left. */
function grouped(builder: Builder, parts: readonly Value[], axis: number): Value[] {
  const groups = Array.from({ length: Math.ceil(parts.length / MAX_OPERANDS) }, (_, i) =>
    concat(builder, parts.slice(i * MAX_OPERANDS, (i + 1) * MAX_OPERANDS), axis),
  )
  for (const group of groups) builder.stored(group)
  return groups
}
