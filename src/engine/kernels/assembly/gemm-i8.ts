// Dot products of 8 bit integers: acc = acc + (a - za) * (b - zb) mod 2^32. Order does not matter here, so k is
// taken in pairs, two products and their sum in one instruction.
//
// The left operand is widened to 16 bits first, its zero point subtracted (widenI8): a whole tensor at once, before any
// pointer is made, so that padding is a buffer of zeros. The right operand stays packed at 8 bits; each call
// widens a panel into scratch and takes its zero points off there, once for all of its rows.
import { putColumns, step } from "./gemm-lanes"
import { rowsTimesPanel } from "./gemm-panel"
import { eight } from "./widen-i8"

/**
 * Rows m0 to m1, panels p0 to p1 of A times B, int32 at `out + m * outStride + n * 4`.
 *
 * Element c of tap t of row m is the int16 at `table[m * taps + t] + aOffset + c * 2`; where C is odd, one more element
 * is read after a tap, and does not count. taps * C > 0. `zb` is the address of N int32 zero points, or 0. `scratch` has room
 * for `taps * ceil(C / 2) * 32` bytes.
 */
export function gemmI8(
  table: usize,
  aOffset: usize,
  taps: usize,
  C: usize,
  b: usize,
  bSigned: bool,
  zb: usize,
  out: usize,
  outStride: usize,
  m0: usize,
  m1: usize,
  p0: usize,
  p1: usize,
  N: usize,
  scratch: usize,
): void {
  const pitch = taps << 2
  const bytes = ((C + 1) >> 1) << 2
  const panel = taps * (bytes << 2)
  const q = table + m0 * pitch
  const o = out + m0 * outStride
  const rows = m1 - m0
  for (let p = p0; p < p1; p++) {
    const from = b + p * panel
    const to = o + (p << 5)
    const columns = min(N - (p << 3), 8)
    const points = zb === 0 ? zb : zb + (p << 5)
    if (rows === 1) {
      if (bSigned) rowTimesPanel<i8>(q, pitch, aOffset, bytes, from, points, to, columns)
      else rowTimesPanel<u8>(q, pitch, aOffset, bytes, from, points, to, columns)
    } else {
      if (bSigned) widenPanel<i8>(from, panel, points, columns, scratch)
      else widenPanel<u8>(from, panel, points, columns, scratch)
      rowsTimesPanel<i32>(q, pitch, aOffset, bytes, scratch, to, outStride, rows, columns)
    }
  }
}

/** A panel as int16, without the zero points of its columns. */
function widenPanel<B>(b: usize, bytes: usize, zb: usize, columns: usize, to: usize): void {
  const low = pairs(zb, columns, 0)
  const high = pairs(zb, columns, 4)
  for (const end = b + bytes; b < end; b += 16) {
    v128.store(to, i16x8.sub(eight<B>(b), low))
    v128.store(to, i16x8.sub(eight<B>(b + 8), high), 16)
    to += 32
  }
}

/** One row alone reads its weights once: they are widened in registers. */
function rowTimesPanel<B>(
  q: usize,
  pitch: usize,
  aOffset: usize,
  bytes: usize,
  b: usize,
  zb: usize,
  o: usize,
  columns: usize,
): void {
  const low = pairs(zb, columns, 0)
  const high = pairs(zb, columns, 4)
  let left = i32x4.splat(0)
  let right = i32x4.splat(0)
  for (const end = q + pitch; q < end; q += 4) {
    let a = load<usize>(q) + aOffset
    for (const stop = a + bytes; a < stop; a += 4) {
      const x = v128.load32_splat(a)
      left = step<i32>(left, x, i16x8.sub(eight<B>(b), low))
      right = step<i32>(right, x, i16x8.sub(eight<B>(b + 8), high))
      b += 16
    }
  }
  putColumns(o, left, right, columns)
}

/** The zero points of up to 4 columns from `first` on, each twice; all are zero if `zb` is. */
function pairs(zb: usize, columns: usize, first: usize): v128 {
  let points = i32x4.splat(0)
  if (zb === 0 || columns <= first) return points
  const count = columns - first
  const at = zb + (first << 2)
  points = v128.load32_lane(at, points, 0)
  if (count > 1) points = v128.load32_lane(at, points, 1, 4)
  if (count > 2) points = v128.load32_lane(at, points, 2, 8)
  if (count > 3) points = v128.load32_lane(at, points, 3, 12)
  return v128.shuffle<u16>(points, points, 0, 0, 2, 2, 4, 4, 6, 6)
}
