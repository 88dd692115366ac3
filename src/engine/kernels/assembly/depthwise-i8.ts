// Depthwise convolutions of 8 bit integers, channels last. The left operand is widened to 16 bits, its zero point
// subtracted, as for gemmI8; taps are taken in pairs, two products and their sum in one instruction.

/**
 * As depthwiseF32, of int16 elements (`table[m * taps + t] + c * 2`); sums are int32.
 *
 * `w` is int16 [ceil(taps / 2)][C][2]: the weights of a pair of taps side by side, zero points subtracted, and 0 for a
 * tap that is not there.
 */
export function depthwiseI8(
  table: usize,
  taps: usize,
  C: usize,
  w: usize,
  out: usize,
  outStride: usize,
  m0: usize,
  m1: usize,
): void {
  const entries = taps << 2
  const wStride = C << 2
  const blocks = C & ~7
  for (let m = m0; m < m1; m++) {
    const q = table + m * entries
    const o = out + m * outStride
    for (let c: usize = 0; c < blocks; c += 8)
      channels8(q, entries, c << 1, w + (c << 2), wStride, o + (c << 2))
    for (let c = blocks; c < C; c++) channel(q, entries, c << 1, w + (c << 2), wStride, o + (c << 2))
  }
}

function channels8(q: usize, entries: usize, at: usize, w: usize, wStride: usize, o: usize): void {
  let low = i32x4.splat(0)
  let high = i32x4.splat(0)
  const end = q + entries
  for (; q < end; q += 8) {
    const a = v128.load(load<usize>(q) + at)
    // The weight of a tap that is not there is 0: any element does.
    const b = v128.load(load<usize>(q + 4 < end ? q + 4 : q) + at)
    const first = v128.shuffle<u16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
    const second = v128.shuffle<u16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
    low = i32x4.add(low, i32x4.dot_i16x8_s(first, v128.load(w)))
    high = i32x4.add(high, i32x4.dot_i16x8_s(second, v128.load(w, 16)))
    w += wStride
  }
  v128.store(o, low)
  v128.store(o, high, 16)
}

function channel(q: usize, entries: usize, at: usize, w: usize, wStride: usize, o: usize): void {
  let sum = 0
  const end = q + entries
  for (; q < end; q += 8) {
    sum += <i32>load<i16>(load<usize>(q) + at) * <i32>load<i16>(w)
    if (q + 4 < end) sum += <i32>load<i16>(load<usize>(q, 4) + at) * <i32>load<i16>(w, 2)
    w += wStride
  }
  store<i32>(o, sum)
}
