// What follows most dot products, in one pass: scale, bias, residual, bounds. A type parameter is f32 where an operation
// takes part, i32 where it does not.

/** Loaded rather than written into the code: see exp.ts. */
const NAN = memory.data<u32>([0x7fc00000])

/**
 * dst = min(max(x * m + a + r, low), high), and with K the only NaN is the canonical one. An operand advances by its step per vector: 16, or 0 if all
 * lanes are the same. Bounds are the same in all lanes, and no NaN; the upper one is not -0.
 */
export function chain<M, A, R, L, H, K>(
  x: usize,
  stepX: usize,
  m: usize,
  stepM: usize,
  a: usize,
  stepA: usize,
  r: usize,
  stepR: usize,
  low: usize,
  high: usize,
  dst: usize,
  bytes: usize,
): void {
  const least = isFloat<L>() ? v128.load(low) : f32x4.splat(0)
  const most = isFloat<H>() ? v128.load(high) : f32x4.splat(0)
  // A comparison takes -0 and +0 for equal and keeps the number; of a bound +0 this makes +0.
  const zero = isFloat<L>() && load<u32>(low) === 0 ? f32x4.splat(0) : f32x4.splat(-0.0)
  const nan = v128.load32_splat(NAN)
  for (const end = dst + bytes; dst < end; dst += 16) {
    let y = v128.load(x)
    if (isFloat<M>()) {
      y = f32x4.mul(y, v128.load(m))
      m += stepM
    }
    if (isFloat<A>()) {
      y = f32x4.add(y, v128.load(a))
      a += stepA
    }
    if (isFloat<R>()) {
      y = f32x4.add(y, v128.load(r))
      r += stepR
    }
    // A NaN compares with nothing and stays.
    if (isFloat<L>()) y = f32x4.add(f32x4.pmax(y, least), zero)
    if (isFloat<H>()) y = f32x4.pmin(y, most)
    if (isFloat<K>()) y = v128.bitselect(y, nan, f32x4.eq(y, y))
    v128.store(dst, y)
    x += stepX
  }
}
