// Packing of 8 bit right operands: panels of 8 columns, k in pairs, the two of a pair side by side.

/**
 * Packs panels p0 to p1; B[n][t * C + c] is at `src + n * rowStride + (t * C + c) * elementStride`.
 *
 * Panel p is at `dst + p * taps * ceil(C / 2) * 16`: for every pair of every tap, 8 columns of 2 bytes. A tap of odd
 * length is filled up with the column's zero point (`zb`: address of N int32, or 0 if all are zero), which counts
 * nothing. What a last, partial panel has in the columns from N on is not defined.
 */
export function packI8(
  src: usize,
  rowStride: usize,
  elementStride: usize,
  N: usize,
  taps: usize,
  C: usize,
  zb: usize,
  dst: usize,
  p0: usize,
  p1: usize,
): void {
  const tap = ((C + 1) >> 1) << 4
  for (let p = p0; p < p1; p++) {
    const columns = min(N - (p << 3), 8)
    const points: usize = zb === 0 ? 0 : zb + (p << 5)
    for (let t: usize = 0; t < taps; t++) {
      const from = src + (p << 3) * rowStride + t * C * elementStride
      const to = dst + (p * taps + t) * tap
      let c: usize = 0
      if (columns === 8) {
        if (elementStride === 1) c = transpose(from, rowStride, C, to)
        else if (rowStride === 1) c = interleave(from, elementStride, C, to)
      }
      scatter(from, rowStride, elementStride, columns, c, C, points, to)
    }
  }
}

/** Elements c to C of a tap, one by one; c is even. */
function scatter(
  from: usize,
  rowStride: usize,
  elementStride: usize,
  columns: usize,
  c: usize,
  C: usize,
  points: usize,
  to: usize,
): void {
  to += c << 3
  for (; c < C; c += 2) {
    for (let n: usize = 0; n < columns; n++) {
      const at = from + n * rowStride + c * elementStride
      store<u8>(to + (n << 1), load<u8>(at))
      if (c + 1 < C) store<u8>(to + (n << 1), load<u8>(at + elementStride), 1)
      else store<u8>(to + (n << 1), points === 0 ? 0 : <u8>load<i32>(points + (n << 2)), 1)
    }
    to += 16
  }
}

/** The columns of one k are neighbours. Gives how many elements are done. */
function interleave(from: usize, elementStride: usize, C: usize, to: usize): usize {
  const whole = C & ~1
  for (let c: usize = 0; c < whole; c += 2) {
    const even = v128.load64_zero(from)
    const odd = v128.load64_zero(from + elementStride)
    v128.store(to, v128.shuffle<u8>(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23))
    from += elementStride << 1
    to += 16
  }
  return whole
}

/** The k of one column are neighbours: 8 rows of 4 pairs become 4 rows of 8. Gives how many elements are done. */
function transpose(from: usize, rowStride: usize, C: usize, to: usize): usize {
  const whole = C & ~7
  for (let c: usize = 0; c < whole; c += 8) {
    const r01 = twoRows(from, rowStride)
    const r23 = twoRows(from + (rowStride << 1), rowStride)
    const r45 = twoRows(from + (rowStride << 2), rowStride)
    const r67 = twoRows(from + rowStride * 6, rowStride)
    const low0 = v128.shuffle<u32>(r01, r23, 0, 4, 1, 5)
    const low1 = v128.shuffle<u32>(r01, r23, 2, 6, 3, 7)
    const high0 = v128.shuffle<u32>(r45, r67, 0, 4, 1, 5)
    const high1 = v128.shuffle<u32>(r45, r67, 2, 6, 3, 7)
    v128.store(to, v128.shuffle<u64>(low0, high0, 0, 2))
    v128.store(to, v128.shuffle<u64>(low0, high0, 1, 3), 16)
    v128.store(to, v128.shuffle<u64>(low1, high1, 0, 2), 32)
    v128.store(to, v128.shuffle<u64>(low1, high1, 1, 3), 48)
    from += 8
    to += 64
  }
  return whole
}

/** The four pairs of two rows, alternating. */
function twoRows(from: usize, rowStride: usize): v128 {
  const first = v128.load64_zero(from)
  const second = v128.load64_zero(from + rowStride)
  return v128.shuffle<u16>(first, second, 0, 8, 1, 9, 2, 10, 3, 11)
}
