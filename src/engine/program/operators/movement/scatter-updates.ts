import { Body, ElementType, Op } from "../../../../protocol/program.ts"
import { bytesOf } from "../../../executor.ts"
import type { Builder } from "../../builder.ts"
import { requirePositions } from "../../limits.ts"
import type { NodeContext } from "../../node.ts"
import type { FoldOp } from "../../reductions.ts"
import { reshape, slice } from "../../shapes.ts"
import type { LoopAccess, Reader, Value } from "../../value.ts"
import { product } from "../../view.ts"
import { NONE } from "./pick.ts"
import { coordinateOf, read, straight, strideOf } from "./readers.ts"

const REDUCTIONS: Readonly<Record<string, FoldOp | undefined>> = {
  none: undefined,
  add: Op.Add,
  mul: Op.Mul,
  max: Op.Max,
  min: Op.Min,
}

/** Which updates reach each position of the leading axes of the data, in order; a position is a row-major number. */
export interface Hits {
  readonly shape: readonly number[]
  readonly at: ReadonlyMap<number, readonly number[]>
}

/** By the axes of the data, the update that a coordinate names. @returns as the maker of `read`. */
export type Update = (updates: Value, coordinate: Reader) => Reader | undefined

/** The data where nothing is written; the last update, or the reduction of data and updates, elsewhere. */
export function scatter(node: NodeContext, data: Value, updates: Value, hits: Hits, update: Update): Value {
  const { builder } = node
  if (updates.type !== data.type) node.fail("data and updates are of different types")
  const name = node.string("reduction", "none")
  if (!Object.hasOwn(REDUCTIONS, name)) node.fail(`reduction "${name}" is unknown`)
  const op = REDUCTIONS[name]
  if (data.shape.includes(0) || updates.shape.includes(0)) return data
  if (op === undefined) {
    const last = firstOf(
      builder,
      tableOf(builder, hits, (all) => [all.at(-1)!], 1),
    )
    return read(builder, data.shape, [updates, data], ([from, under]) => {
      const reader = update(from, coordinateOf(builder, last, 0, data.shape))
      return reader && [reader, builder.reader(under)]
    })
  }
  const isSum = op === Op.Add || op === Op.Mul
  if (data.type === ElementType.Bool && isSum) node.fail(`reduction "${name}" of booleans`)
  const most = [...hits.at.values()].reduce((count, all) => Math.max(count, all.length), 0)
  const table = tableOf(builder, hits, (all) => all, most)
  const folded = foldUpdates(builder, data, straight(builder, updates), table, update, op)
  const rest = data.shape.slice(hits.shape.length).map(() => 1)
  const isHit = reshape(builder, firstOf(builder, table), [...hits.shape, ...rest])
  const none = builder.fill(ElementType.Int32, [], 0n)
  return builder.map([data, folded, isHit, none], (e, [old, change, line, zero]) =>
    e.select(e.lt(line, zero), old, e.emit(op, data.type, old, change)),
  )
}

/** For every position the updates that reach it, {@link NONE} after the last one. */
function tableOf(
  builder: Builder,
  { shape, at }: Hits,
  choose: (all: readonly number[]) => readonly number[],
  most: number,
): Value {
  const table = new Int32Array(requirePositions(product(shape) * most)).fill(NONE)
  for (const [position, all] of at) table.set(choose(all), position * most)
  return builder.constant(ElementType.Int32, [...shape, most], bytesOf(table))
}

/** The first update of each position. */
function firstOf(builder: Builder, table: Value): Value {
  const shape = table.shape.slice(0, -1)
  return reshape(builder, slice(builder, table, shape.length, 0, 1, 1), shape)
}

/** All updates of each position of the data folded in their order. */
function foldUpdates(
  builder: Builder,
  data: Value,
  updates: Value,
  table: Value,
  update: Update,
  op: FoldOp,
): Value {
  const { shape } = data
  const coordinate = coordinateOf(builder, firstOf(builder, table), 0, shape)
  const reader = update(updates, coordinate)!
  const access = ({ source, layout, guards }: Reader, stride: number): LoopAccess => ({
    source,
    base: layout.base,
    strides: [...layout.axes.map(strideOf), stride],
    guards: guards.map((guard) => ({ ...guard, coefficients: [...guard.coefficients, 0] })),
    lookups: [],
  })
  const [{ stride, size }] = reader.lookups
  return builder.reduce(data.type, shape, {
    body: Body.Fold,
    mode: op,
    domain: shape,
    reduction: [table.shape.at(-1)!],
    axes: shape.map((_, axis) => [axis]),
    operands: [{ ...access(reader, 0), lookups: [{ operand: 1, stride, size }] }, access(coordinate, 1)],
  })
}
