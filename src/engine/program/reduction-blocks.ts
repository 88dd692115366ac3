import { CHUNK_BYTES } from "../../protocol/tensor-tree.ts"
import type { Digit } from "./view.ts"

/** What one element of a reduction may walk over, so that a wrong one can be proven: chunks opened, and terms. */
export const REACH = { chunks: 50, terms: 2048 } as const

/** A loop of `size` cut into blocks; the last one is shorter if they do not divide it. */
export interface Cut {
  readonly size: number
  readonly blocks: number
  readonly outer: Digit
  readonly inner: Digit
}

/**
 * Cuts the loops of a reduction, outermost first, into what one element walks over.
 *
 * @param width bytes of an element
 * @param operands how many operands of the step read it: each of them opens its chunks
 */
export const blocksOf = (loops: readonly Digit[], width: number, operands: number): Cut[] =>
  reach(loops, width, Math.floor(REACH.chunks / operands)).map((take, i) => cut(loops[i], take))

function cut({ size, stride }: Digit, take: number): Cut {
  const blocks = Math.ceil(size / take)
  return {
    size,
    blocks,
    outer: { size: blocks, stride: take * stride },
    inner: { size: take, stride },
  }
}

/** How much of each loop, outermost first, one element walks over. */
function reach(loops: readonly Digit[], width: number, chunks: number): number[] {
  const take = loops.map(() => 1)
  let terms = 1
  // Bytes of the ranges that are read without larger gaps, and the number of these ranges.
  let [range, ranges] = [width, 1]
  for (let i = loops.length - 1; i >= 0; i--) {
    const { size, stride } = loops[i]
    const step = Math.abs(stride) * width
    const isRange = ranges === 1 && step <= Math.max(range, CHUNK_BYTES)
    const perRange = Math.ceil((range - width) / CHUNK_BYTES) + 1
    const byChunks = isRange
      ? Math.floor(((chunks - 1) * CHUNK_BYTES - range + width) / Math.max(step, 1)) + 1
      : Math.floor(chunks / (ranges * perRange))
    const most = Math.max(1, Math.min(size, byChunks, Math.floor(REACH.terms / terms)))
    take[i] = most === size ? size : balanced(size, most)
    if (take[i] < size) break
    terms *= size
    if (isRange) range += (size - 1) * step
    else ranges *= size
  }
  return take
}

/** A block of at most `most` out of `size`: one that divides it, if that is not much smaller. */
function balanced(size: number, most: number): number {
  for (let take = most; take > most / 2; take--) if (size % take === 0) return take
  return Math.ceil(size / Math.ceil(size / most))
}
