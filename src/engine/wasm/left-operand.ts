import { type DotLoop, type DotShape, countOf } from "./dot-shape.ts"
import { sums, visitTaps } from "./pointer-table.ts"

/** A tensor as an array [outer, axis, inner] of which the last two axes are exchanged. */
export interface Transposition {
  readonly outer: number
  readonly axis: number
  readonly inner: number
}

/** How the left operand of a product is walked: taps of neighbouring elements. */
export interface LeftWalk {
  readonly rows: readonly DotLoop[]
  readonly taps: readonly DotLoop[]
  /** Terms of a tap. */
  readonly run: number
  /** Set if these terms are neighbours only once the tensor is transposed. */
  readonly transposition: Transposition | undefined
  /** Where groups start, in rows of the table and in elements from the address that is found there. */
  readonly groupRows: Float64Array
  readonly groupOffsets: Float64Array
  /** Least and greatest distance in the tensor of an element that is read from that which the table points to. */
  readonly reach: readonly [number, number]
}

/** More pointers than this take more memory than they are worth. */
const MAX_POINTERS = 2 ** 25

/** How to walk the left operand of a product; `undefined` if that takes too many pointers. */
export function leftWalk(shape: DotShape): LeftWalk | undefined {
  const last = shape.terms.at(-1)
  const free = last && !isGuarded(shape, last) ? last : undefined
  const walk = walkWith(shape, free?.left === 1 ? free : undefined)
  if (free && free.left > 1) {
    const straightened = transposed(shape, walkWith(shape, free), free)
    if (straightened) return straightened
  }
  return countOf(walk.rows) * countOf(walk.taps) > MAX_POINTERS ? undefined : walk
}

const least = (values: Float64Array): number => values.reduce((a, b) => Math.min(a, b))

function isGuarded({ left }: DotShape, loop: DotLoop): boolean {
  return left.affine.guards.some(({ coefficients }) => coefficients[loop.index] !== 0)
}

function walkWith(shape: DotShape, last: DotLoop | undefined): LeftWalk {
  const { groups, terms } = shape
  // Padding has an address of its own, from which an offset must not lead to anything else than zeros.
  const guards = shape.left.affine.guards.length > 0
  const own = groups.some((loop) => isGuarded(shape, loop) || (guards && loop.left < 0))
  const rows = own ? [...groups, ...shape.rows] : shape.rows
  const perGroup = countOf(shape.rows)
  const numbers = sums(groups, () => 0).map((_, group) => group * perGroup)
  const offsets = sums(groups, (loop) => loop.left)
  const run = last?.size ?? 1
  const length = (run - 1) * (last?.left ?? 0)
  return {
    rows,
    taps: last ? terms.slice(0, -1) : terms,
    run,
    transposition: undefined,
    groupRows: own ? numbers : offsets.map(() => 0),
    groupOffsets: own ? offsets.map(() => 0) : offsets,
    reach: own ? [0, length] : [least(offsets), length - least(offsets.map((offset) => -offset))],
  }
}

/** How to walk the left operand of a depthwise convolution, whose taps are runs of channels. */
export function channelWalk(shape: DotShape): LeftWalk | undefined {
  const [channel] = shape.columns
  const walk: LeftWalk = {
    rows: shape.rows,
    taps: shape.terms,
    run: channel.size,
    transposition: undefined,
    groupRows: new Float64Array(1),
    groupOffsets: new Float64Array(1),
    reach: [0, (channel.size - 1) * channel.left],
  }
  if (countOf(walk.rows) * countOf(walk.taps) > MAX_POINTERS) return undefined
  return channel.left === 1 ? walk : transposed(shape, walk, channel)
}

/** The walk over a tensor that is transposed so that the steps of a loop lead from neighbour to neighbour. */
function transposed(shape: DotShape, walk: LeftWalk, last: DotLoop): LeftWalk | undefined {
  const { length } = shape.left.access.tensor
  const [axis, inner] = [last.size, last.left]
  const block = axis * inner
  const pointers = countOf(walk.rows) * countOf(walk.taps)
  const straight = walk.groupOffsets.every((offset) => offset % block === 0)
  if (length % block !== 0 || !straight || pointers > MAX_POINTERS) return undefined
  // Every tap must start at the first element of the axis.
  let starts = true
  visitTaps(shape.left, walk.rows, walk.taps, walk.reach, (position) => {
    if (position >= 0 && position % block >= inner) starts = false
  })
  return starts ? { ...walk, transposition: { outer: length / block, axis, inner } } : undefined
}

/**
 * Pointers to the taps of all rows.
 *
 * @param address of the first element of the tensor, transposed if the walk says so
 * @param width bytes of an element there
 * @param zeros address that stands for padding
 * @throws OnusError `ProgramInvalid` when an element is outside of the tensor.
 */
export function pointersOf(
  { left }: DotShape,
  walk: LeftWalk,
  { address, width, zeros }: { address: number; width: number; zeros: number },
): Uint32Array {
  const { rows, taps, reach, transposition } = walk
  const table = new Uint32Array(countOf(rows) * countOf(taps))
  const block = transposition ? transposition.axis * transposition.inner : 1
  let at = 0
  visitTaps(left, rows, taps, reach, (position) => {
    if (position < 0) table[at++] = zeros
    else {
      const inBlock = position % block
      const moved = transposition ? position - inBlock + inBlock * transposition.axis : position
      table[at++] = address + moved * width
    }
  })
  return table
}
