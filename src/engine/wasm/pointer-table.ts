import { OnusError } from "../../protocol/errors.ts"
import type { Tensor } from "../../protocol/program.ts"
import type { DotLoop, DotOperand } from "./dot-shape.ts"

/** What is wrong with an access that leaves its tensor. */
export const outside = ({ id }: Tensor, position: number): OnusError =>
  new OnusError("ProgramInvalid", `Tensor ${id} has no element ${position}`)

/** Sums of an affine expression over all combinations of loops, the last loop fastest. */
export function sums(loops: readonly DotLoop[], factor: (loop: DotLoop) => number): Float64Array {
  let list = new Float64Array([0])
  for (const loop of loops) {
    const next = new Float64Array(list.length * loop.size)
    const by = factor(loop)
    for (let i = 0, at = 0; i < list.length; i++) {
      for (let k = 0; k < loop.size; k++) next[at++] = list[i] + k * by
    }
    list = next
  }
  return list
}

/**
 * Visits every combination of row loops and tap loops, taps fastest, with the position that the left operand reads
 * there: -1 on padding.
 *
 * @param reach least and greatest distance from there of another element that is read
 * @throws OnusError `ProgramInvalid` when an element is outside of the tensor.
 */
export function visitTaps(
  { access, affine }: DotOperand,
  rows: readonly DotLoop[],
  taps: readonly DotLoop[],
  reach: readonly [number, number],
  visit: (position: number) => void,
): void {
  const { guards, base } = affine
  const { tensor } = access
  const tapPositions = sums(taps, (loop) => loop.left)
  const rowPositions = sums(rows, (loop) => loop.left)
  const tapGuards = guards.map(({ coefficients }) => sums(taps, (loop) => coefficients[loop.index]))
  const rowGuards = guards.map(({ coefficients }) => sums(rows, (loop) => coefficients[loop.index]))
  const isPadding = (row: number, tap: number): boolean => {
    for (let g = 0; g < guards.length; g++) {
      const value = guards[g].offset + rowGuards[g][row] + tapGuards[g][tap]
      if (value < 0 || value >= guards[g].size) return true
    }
    return false
  }
  for (let row = 0; row < rowPositions.length; row++) {
    for (let tap = 0; tap < tapPositions.length; tap++) {
      if (guards.length > 0 && isPadding(row, tap)) {
        visit(-1)
        continue
      }
      const position = base + rowPositions[row] + tapPositions[tap]
      if (position + reach[0] < 0 || position + reach[1] >= tensor.length) {
        throw outside(tensor, position)
      }
      visit(position)
    }
  }
}
