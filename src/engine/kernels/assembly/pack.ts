// Brings operands into the layouts of the dot-product kernels. All addresses are bytes in linear memory.
//
// A right operand B[n][k] lies in panels of 8 columns n, k by k, so that a kernel reads it in one stream.

/** Columns of a panel. */
const WIDTH: usize = 8

/** Writes the pointer table of a plain matrix: `table[m] = a + m * stride` for rows m0 to m1. */
export function rowPointers(table: usize, a: usize, stride: usize, m0: usize, m1: usize): void {
  for (let m = m0; m < m1; m++) store<usize>(table + (m << 2), a + m * stride)
}

/**
 * Copies the taps of rows m0 to m1 one behind the other to `dst`, `bytes` bytes each.
 *
 * Worth it where a tap is so short that a kernel's loop over it does not pay.
 */
export function gather(
  table: usize,
  aOffset: usize,
  taps: usize,
  bytes: usize,
  m0: usize,
  m1: usize,
  dst: usize,
): void {
  const end = table + ((m1 * taps) << 2)
  for (let entry = table + ((m0 * taps) << 2); entry < end; entry += 4) {
    const from = load<usize>(entry) + aOffset
    if (bytes === 4) store<u32>(dst, load<u32>(from))
    else copy(dst, from, bytes)
    dst += bytes
  }
}

/** Few bytes; the last copy of a run overlaps the one before it rather than fall back to single bytes. */
function copy(to: usize, from: usize, bytes: usize): void {
  if (bytes >= 16) {
    const last = bytes - 16
    for (let i: usize = 0; i < last; i += 16) v128.store(to + i, v128.load(from + i))
    v128.store(to + last, v128.load(from + last))
  } else if (bytes >= 8) {
    store<u64>(to, load<u64>(from))
    store<u64>(to + bytes - 8, load<u64>(from + bytes - 8))
  } else if (bytes >= 4) {
    store<u32>(to, load<u32>(from))
    store<u32>(to + bytes - 4, load<u32>(from + bytes - 4))
  } else {
    for (let i: usize = 0; i < bytes; i++) store<u8>(to + i, load<u8>(from + i))
  }
}

/**
 * Packs panels p0 to p1 of a float32 operand; B[n][k] is at `src + n * rowStride + k * elementStride`.
 *
 * Panel p is at `dst + p * K * 32`: K rows of 8 columns. What a last, partial panel has in the columns from N on
 * is not defined; kernels compute there and do not store.
 */
export function packF32(
  src: usize,
  rowStride: usize,
  elementStride: usize,
  N: usize,
  K: usize,
  dst: usize,
  p0: usize,
  p1: usize,
): void {
  for (let p = p0; p < p1; p++) {
    const from = src + p * WIDTH * rowStride
    const to = dst + p * K * (WIDTH << 2)
    const columns = N - p * WIDTH
    if (elementStride === 4) transposeF32(from, rowStride, columns, K, to)
    else if (rowStride === 4 && columns >= WIDTH) copyF32(from, elementStride, K, to)
    else scatterF32(from, rowStride, elementStride, columns, K, to)
  }
}

/** The operand lies as the panel does: 8 neighbours for every k. */
function copyF32(from: usize, elementStride: usize, K: usize, to: usize): void {
  for (const end = to + (K << 5); to < end; to += 32) {
    v128.store(to, v128.load(from))
    v128.store(to, v128.load(from, 16), 16)
    from += elementStride
  }
}

function scatterF32(
  from: usize,
  rowStride: usize,
  elementStride: usize,
  columns: usize,
  K: usize,
  to: usize,
): void {
  const used = min(columns, WIDTH)
  for (let k: usize = 0; k < K; k++) {
    for (let n: usize = 0; n < used; n++) {
      store<u32>(to + (n << 2), load<u32>(from + n * rowStride + k * elementStride))
    }
    to += 32
  }
}

/** Rows of neighbouring k become columns, 4 by 4. Missing rows are read from the last one. */
function transposeF32(from: usize, rowStride: usize, columns: usize, K: usize, to: usize): void {
  const r0 = from
  const r1 = from + min(columns - 1, 1) * rowStride
  const r2 = from + min(columns - 1, 2) * rowStride
  const r3 = from + min(columns - 1, 3) * rowStride
  const r4 = from + min(columns - 1, 4) * rowStride
  const r5 = from + min(columns - 1, 5) * rowStride
  const r6 = from + min(columns - 1, 6) * rowStride
  const r7 = from + min(columns - 1, 7) * rowStride
  const bytes = K << 2
  const blocks = bytes & ~15
  let i: usize = 0
  for (; i < blocks; i += 16) {
    transpose4(r0 + i, r1 + i, r2 + i, r3 + i, to)
    transpose4(r4 + i, r5 + i, r6 + i, r7 + i, to + 16)
    to += 128
  }
  for (; i < bytes; i += 4) {
    store<u32>(to, load<u32>(r0 + i))
    store<u32>(to, load<u32>(r1 + i), 4)
    store<u32>(to, load<u32>(r2 + i), 8)
    store<u32>(to, load<u32>(r3 + i), 12)
    store<u32>(to, load<u32>(r4 + i), 16)
    store<u32>(to, load<u32>(r5 + i), 20)
    store<u32>(to, load<u32>(r6 + i), 24)
    store<u32>(to, load<u32>(r7 + i), 28)
    to += 32
  }
}

/** Four values of each of four rows go to four rows of a panel, 32 bytes apart. */
function transpose4(r0: usize, r1: usize, r2: usize, r3: usize, to: usize): void {
  const a = v128.load(r0)
  const b = v128.load(r1)
  const c = v128.load(r2)
  const d = v128.load(r3)
  const abLow = v128.shuffle<u32>(a, b, 0, 4, 1, 5)
  const abHigh = v128.shuffle<u32>(a, b, 2, 6, 3, 7)
  const cdLow = v128.shuffle<u32>(c, d, 0, 4, 1, 5)
  const cdHigh = v128.shuffle<u32>(c, d, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<u64>(abLow, cdLow, 0, 2))
  v128.store(to, v128.shuffle<u64>(abLow, cdLow, 1, 3), 32)
  v128.store(to, v128.shuffle<u64>(abHigh, cdHigh, 0, 2), 64)
  v128.store(to, v128.shuffle<u64>(abHigh, cdHigh, 1, 3), 96)
}
