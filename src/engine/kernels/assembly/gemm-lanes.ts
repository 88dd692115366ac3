/** acc + x * b with two roundings (f32), or acc + x[0] * b[0] + x[1] * b[1] mod 2^32, of pairs of int16 (i32). */
export function step<T>(acc: v128, x: v128, b: v128): v128 {
  if (isFloat<T>()) return f32x4.add(acc, f32x4.mul(x, b))
  return i32x4.add(acc, i32x4.dot_i16x8_s(x, b))
}

/** Writes the first `columns` (1 to 8) of two vectors. */
export function putColumns(o: usize, low: v128, high: v128, columns: usize): void {
  if (columns === 8) {
    v128.store(o, low)
    v128.store(o, high, 16)
  } else if (columns >= 4) {
    v128.store(o, low)
    putLanes(o + 16, high, columns - 4)
  } else {
    putLanes(o, low, columns)
  }
}

/** Writes the first `count` (0 to 4) lanes. */
export function putLanes(o: usize, value: v128, count: usize): void {
  if (count === 4) v128.store(o, value)
  else {
    if (count > 0) v128.store_lane<u32>(o, value, 0)
    if (count > 1) v128.store_lane<u32>(o, value, 1, 4)
    if (count > 2) v128.store_lane<u32>(o, value, 2, 8)
  }
}
