// Convolutions with one kernel per channel, channels last: lanes run over channels.
// Pointers are those of the dot products: element c of tap t of row m is at `table[m * taps + t] + c * 4`.

/**
 * Rows m0 to m1 of a float32 depthwise convolution: `out[m][c]` = sum over taps, in order, of a[m][t][c] * w[t][c].
 *
 * `w` is [taps][C]; row m is written to `out + m * outStride`.
 */
export function depthwiseF32(
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
  const bytes = C << 2
  for (let m = m0; m < m1; m++) {
    const q = table + m * entries
    const o = out + m * outStride
    let at: usize = 0
    for (; at + 64 <= bytes; at += 64) channels16(q, entries, at, w + at, bytes, o + at)
    for (; at + 16 <= bytes; at += 16) channels4(q, entries, at, w + at, bytes, o + at)
    for (; at < bytes; at += 4) channel(q, entries, at, w + at, bytes, o + at)
  }
}

function channels16(q: usize, entries: usize, at: usize, w: usize, wStride: usize, o: usize): void {
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  for (const end = q + entries; q < end; q += 4) {
    const a = load<usize>(q) + at
    s0 = f32x4.add(s0, f32x4.mul(v128.load(a), v128.load(w)))
    s1 = f32x4.add(s1, f32x4.mul(v128.load(a, 16), v128.load(w, 16)))
    s2 = f32x4.add(s2, f32x4.mul(v128.load(a, 32), v128.load(w, 32)))
    s3 = f32x4.add(s3, f32x4.mul(v128.load(a, 48), v128.load(w, 48)))
    w += wStride
  }
  v128.store(o, s0)
  v128.store(o, s1, 16)
  v128.store(o, s2, 32)
  v128.store(o, s3, 48)
}

function channels4(q: usize, entries: usize, at: usize, w: usize, wStride: usize, o: usize): void {
  let sum = f32x4.splat(0)
  for (const end = q + entries; q < end; q += 4) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(load<usize>(q) + at), v128.load(w)))
    w += wStride
  }
  v128.store(o, sum)
}

function channel(q: usize, entries: usize, at: usize, w: usize, wStride: usize, o: usize): void {
  let sum: f32 = 0
  for (const end = q + entries; q < end; q += 4) {
    sum += load<f32>(load<usize>(q) + at) * load<f32>(w)
    w += wStride
  }
  store<f32>(o, sum)
}
