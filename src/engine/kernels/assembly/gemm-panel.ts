import { tile4, tile6 } from "./gemm-tiles"
import { tile8Narrow } from "./gemm-tiles-narrow"

/**
 * All rows of a call times one panel: tiles of 4 rows, the last of up to 6.
 *
 * The parameters are those of the tiles; `columns` (1 to 8) of the panel are stored.
 */
export function rowsTimesPanel<T>(
  q: usize,
  pitch: usize,
  aOffset: usize,
  bytes: usize,
  b: usize,
  o: usize,
  stride: usize,
  rows: usize,
  columns: usize,
): void {
  let m: usize = 0
  if (columns <= 4 && rows > 4) {
    for (; m < rows; m += 8) {
      const left = min(rows - m, 8)
      tile8Narrow<T>(q + m * pitch, pitch, aOffset, bytes, b, o + m * stride, stride, left, columns)
    }
    return
  }
  while (m < rows) {
    const from = q + m * pitch
    const to = o + m * stride
    const left = rows - m
    // The first tile may wait for the panel to come from memory: more rows wait less.
    if (left === 5 || left === 6 || (m === 0 && left >= 10)) {
      tile6<T>(from, pitch, aOffset, bytes, b, to, stride, min(left, 6), columns)
      m += 6
    } else {
      tile4<T>(from, pitch, aOffset, bytes, b, to, stride, min(left, 4), columns)
      m += 4
    }
  }
}
