// Dot products of float32, many at a time: every output element is acc = +0, then acc = acc + a * b in the order of k,
// two roundings each. Lanes run over output columns, so the order is the same on every machine.
//
// The left operand is read through a table of pointers, `taps` runs of neighbouring values per row; a plain matrix
// has one run per row, a convolution one per kernel position. The right operand is packed (see pack.ts).
import { rowsTimesPanel } from "./gemm-panel"
import { tile1x4, tile2x2 } from "./gemm-tiles-few"

/**
 * Rows m0 to m1, panels p0 to p1 of A times B, written to `out + m * outStride + n * 4`.
 *
 * Element c of tap t of row m is at `table[m * taps + t] + aOffset + c * 4`; taps * C > 0.
 *
 * A panel stays in a near cache while all rows of the call pass: give it 64 rows or more if there are.
 */
export function gemmF32(
  table: usize,
  aOffset: usize,
  taps: usize,
  C: usize,
  b: usize,
  out: usize,
  outStride: usize,
  m0: usize,
  m1: usize,
  p0: usize,
  p1: usize,
  N: usize,
): void {
  const pitch = taps << 2
  const bytes = C << 2
  const panel = (taps * C) << 5
  const q = table + m0 * pitch
  const o = out + m0 * outStride
  const rows = m1 - m0
  const whole = max(min(p1, N >> 3), p0)
  let p = p0
  if (rows === 1) {
    for (; p + 4 <= whole; p += 4) tile1x4(q, pitch, aOffset, bytes, b + p * panel, panel, o + (p << 5))
  } else if (rows === 2) {
    for (; p + 2 <= whole; p += 2) {
      tile2x2(q, pitch, aOffset, bytes, b + p * panel, panel, o + (p << 5), outStride)
    }
  }
  for (; p < p1; p++) {
    const columns = min(N - (p << 3), 8)
    rowsTimesPanel<f32>(q, pitch, aOffset, bytes, b + p * panel, o + (p << 5), outStride, rows, columns)
  }
}
