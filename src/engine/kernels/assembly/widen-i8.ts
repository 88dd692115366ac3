// 8 bit integers as 16 bit ones.

/** Eight neighbours, of type i8 or u8. */
export function eight<B>(from: usize): v128 {
  return isSigned<B>() ? v128.load8x8_s(from) : v128.load8x8_u(from)
}

/**
 * Writes `src[i] - za` for `count` 8 bit elements as int16: the left operand of gemmI8 and depthwiseI8.
 *
 * Where rows have zero points of their own, call it row by row.
 */
export function widenI8(src: usize, dst: usize, count: usize, signed: bool, za: i32): void {
  if (signed) widen<i8>(src, dst, count, za)
  else widen<u8>(src, dst, count, za)
}

function widen<A>(src: usize, dst: usize, count: usize, za: i32): void {
  const zero = i16x8.splat(<i16>za)
  const blocks = count & ~7
  for (let i: usize = 0; i < blocks; i += 8) v128.store(dst + (i << 1), i16x8.sub(eight<A>(src + i), zero))
  for (let i = blocks; i < count; i++) store<i16>(dst + (i << 1), <i16>(<i32>load<A>(src + i) - za))
}
