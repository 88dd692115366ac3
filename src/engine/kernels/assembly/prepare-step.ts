// Steps before a matrix product: operands are brought into the form that its kernel wants.
import { PACK_F32 } from "./codes"
import { packF32 } from "./pack"
import { packI8 } from "./pack-i8"
import { Plan } from "./plan"
import { widenI8 } from "./widen-i8"

/** Right operands that are packed. Every group has one of its own. */
@unmanaged
export class Packing {
  /** B[n][k] is at `origin` + offset of the group + n * rowStride + k * elementStride. */
  origin: usize
  rowStride: usize
  elementStride: usize
  columns: i32
  taps: i32
  run: i32
  /** Panels of a unit, and units of a group. */
  panelTile: i32
  panelTiles: i32
  /** Per group: bytes from the origin, packed operand, zero points. */
  offsets: usize
  packed: usize
  zeros: usize
}

/** Some panels of one group. */
export function packUnit(p: Plan, unit: i32): void {
  const q = changetype<Packing>(p.sources)
  const group = (<usize>(unit / q.panelTiles)) << 2
  const p0 = (unit % q.panelTiles) * q.panelTile
  const p1 = min(p0 + q.panelTile, (q.columns + 7) >> 3)
  const src = q.origin + load<usize>(q.offsets + group)
  const dst = load<usize>(q.packed + group)
  if (p.kind === PACK_F32) {
    packF32(src, q.rowStride, q.elementStride, q.columns, q.taps * q.run, dst, p0, p1)
  } else {
    const zeros = load<usize>(q.zeros + group)
    packI8(src, q.rowStride, q.elementStride, q.columns, q.taps, q.run, zeros, dst, p0, p1)
  }
}

/**
 * Widens elements of a left operand of 8 bits. In the plan, `first` is the address of the tensor, `spare` that of its
 * zero point, and `mode` is 1 if both are signed.
 */
export function widenUnit(p: Plan, unit: i32): void {
  const begin = unit * p.unit
  const count = min(p.unit, p.length - begin)
  const isSigned = p.mode !== 0
  const zero: i32 = p.spare === 0 ? 0 : isSigned ? load<i8>(p.spare) : load<u8>(p.spare)
  widenI8(p.first + begin, p.output + ((<usize>begin) << 1), count, isSigned, zero)
}
