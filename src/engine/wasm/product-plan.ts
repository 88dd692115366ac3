import type { Step } from "../../protocol/program.ts"
import { GEMM_I8 } from "./codes.ts"
import { type DotLoop, type DotShape, countOf } from "./dot-shape.ts"
import { planEpilogue } from "./epilogue.ts"
import { bodyType } from "./lane-graph.ts"
import { type LeftWalk, pointersOf } from "./left-operand.ts"
import { sums } from "./pointer-table.ts"
import { PANEL, type Packed } from "./right-operand.ts"
import type { Writing } from "./source.ts"
import { storeOf, writeEpilogue, writePlan } from "./step-plan.ts"
import type { Counts, Tiles } from "./tiles.ts"

/** A product with everything that its plan refers to. */
export interface ProductPlan {
  readonly kind: number
  readonly step: Step
  readonly shape: DotShape
  readonly walk: LeftWalk
  /** Whether taps are so short that those of a row are copied together before they are multiplied. */
  readonly gathers: boolean
  /** Where the elements that the pointers point to begin, and how many bytes each has. */
  readonly left: (writing: Writing) => number
  readonly leftWidth: number
  readonly right: (writing: Writing) => number
  readonly rightSigned: boolean
  /** How far right operands are apart, in bytes. */
  readonly packed: Pick<Packed, "bytes">
  /** Where zero points of right operands are, an int32 per column of every right operand; 0 for none. */
  readonly zeros: (writing: Writing) => number
  readonly tiles: Tiles
}

/** How many of everything a product has. */
export const countsOf = ({ groups, rows, columns, terms }: DotShape): Counts => ({
  groups: countOf(groups),
  rows: countOf(rows),
  columns: countOf(columns),
  terms: countOf(terms),
})

/** True if sums are of the type of the elements, so that they are put where these belong. */
export const isDirect = (step: Step): boolean => bodyType(step) === step.output.type

/** Bytes of a tap below which taps are copied together. */
const SHORT_TAP = 40

/** Whether it pays to copy the taps of a row together. */
export const gathersTaps = ({ taps, run }: LeftWalk, width: number): boolean =>
  countOf(taps) > 1 && run * width < SHORT_TAP

/** Writes the plan of a product; returns its address. */
export function writeProduct(writing: Writing, plan: ProductPlan): number {
  const { step, shape, tiles } = plan
  const columns = countOf(shape.columns)
  const aligned = tiles.panelTiles === 1 ? columns : 1
  const epilogue = planEpilogue(step, 4, [columns], aligned)
  return writePlan(writing, {
    kind: plan.kind,
    units: countOf(shape.groups) * tiles.rowTiles * tiles.panelTiles,
    alone: tiles.alone,
    length: step.output.length,
    unit: 0,
    block: epilogue.block,
    output: writing.addressOf(step.output),
    store: storeOf(step.output),
    epilogue: writeEpilogue(writing, step, epilogue),
    product: writing.image.words(productWords(writing, plan)),
  })
}

/** What `assembly/gemm-step.ts` calls `Product`. */
function productWords(writing: Writing, plan: ProductPlan): number[] {
  const { step, shape, tiles, walk, leftWidth: width, gathers } = plan
  const { image, scratch } = writing
  const { groups, rows, columns } = shape
  const columnCount = countOf(columns)
  const taps = countOf(walk.taps)
  const runBytes = walk.run * width
  const reach = walk.groupOffsets.reduce((a, b) => Math.max(a, b), 0) * width + runBytes
  const address = plan.left(writing)
  const table = pointersOf(shape, walk, { address, width, zeros: writing.zeros(reach + 64) })
  const perGroup = (values: ArrayLike<number>): number => image.words(Array.from(values))
  const zeros = plan.zeros(writing)
  const rights = rightNumbers(groups)
  const direct = isDirect(step)
  const isBytes = plan.kind === GEMM_I8
  return [
    countOf(rows),
    columnCount,
    tiles.rowTile,
    tiles.panelTile,
    tiles.rowTiles,
    tiles.panelTiles,
    image.words(table),
    taps,
    walk.run,
    plan.right(writing),
    Number(plan.rightSigned),
    perGroup(walk.groupRows.map((row) => row * taps * 4)),
    perGroup(walk.groupOffsets.map((offset) => offset * width)),
    perGroup(rights.map((number) => number * plan.packed.bytes)),
    perGroup(sums(groups, (loop) => loop.out)),
    perGroup(rights.map((number) => (zeros === 0 ? 0 : zeros + number * columnCount * 4))),
    rows.at(-1)?.out ?? columnCount,
    Number(gathers),
    gathers ? scratch.reserve(tiles.rowTile * taps * runBytes) : 0,
    gathers ? scratch.reserve(tiles.rowTile * 4) : 0,
    Number(direct),
    direct ? 0 : scratch.reserve(tiles.rowTile * Math.min(tiles.panelTile * PANEL, columnCount) * 4),
    isBytes ? scratch.reserve((taps * walk.run + taps) * 16) : 0,
  ]
}

/** Which right operand every group has. */
function rightNumbers(groups: readonly DotLoop[]): Float64Array {
  const count = (loop: DotLoop): number => (loop.right === 0 ? 1 : loop.size)
  const factors = new Map(
    groups.map((loop, at) => {
      const inner = groups.slice(at + 1).reduce((all, other) => all * count(other), 1)
      return [loop, loop.right === 0 ? 0 : inner]
    }),
  )
  return sums(groups, (loop) => factors.get(loop)!)
}
