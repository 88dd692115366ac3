import { ElementType, Space } from "../../protocol/program.ts"
import type { DotLoop, DotOperand, DotShape } from "./dot-shape.ts"
import { outside, sums } from "./pointer-table.ts"
import type { Writing } from "./source.ts"

/** True if a zero point is one number, which is in its tensor and nowhere on padding. */
export const isSingle = ({ access, affine }: DotOperand): boolean =>
  affine.guards.length === 0 &&
  affine.strides.every((stride) => stride === 0) &&
  affine.base >= 0 &&
  affine.base < access.tensor.length

/** True if the zero points of right operands are constant and belong to columns, each in one right operand. */
export function isPerColumn({ rightZero, groups, rows }: DotShape): boolean {
  if (!rightZero || rightZero.affine.guards.length > 0) return false
  if (rightZero.access.tensor.space !== Space.Weights) return false
  const still = [...rows, ...groups.filter((loop) => loop.right === 0)]
  return still.every((loop) => rightZero.affine.strides[loop.index] === 0)
}

/**
 * The zero points of right operands from the bytes of their tensor, in the order of the right operands' columns.
 *
 * @throws OnusError `ProgramInvalid` when one is outside of the tensor.
 */
export function zeroPoints(shape: DotShape, groups: readonly DotLoop[], data: Uint8Array): Int32Array {
  const { affine, access } = shape.rightZero!
  const signed = access.tensor.type === ElementType.Int8
  const positions = sums([...groups, ...shape.columns], (loop) => affine.strides[loop.index])
  return Int32Array.from(positions, (offset) => {
    const position = affine.base + offset
    if (!(position in data)) throw outside(access.tensor, position)
    const byte = data[position]
    return signed ? (byte << 24) >> 24 : byte
  })
}

/** Writes zero points as a kernel wants them: their address, or 0 if all are zero. */
export function writeZeroPoints(writing: Writing, shape: DotShape, groups: readonly DotLoop[]): number {
  const data = writing.constantOf(shape.rightZero!.access.tensor)
  const points = zeroPoints(shape, groups, data)
  return points.every((point) => point === 0) ? 0 : writing.image.words(points)
}
