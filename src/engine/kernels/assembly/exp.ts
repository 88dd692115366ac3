// e^x as docs/semantics.md 2.3 defines it, four at a time and without branches.

/**
 * Where results become 0 and infinite, then the constants in the order of their use. They are loaded: a constant in the code of a loop is built
 * anew from immediate values in every turn, which takes longer.
 */
const CONSTANTS = memory.data<u32>([
  0xc2cff1b5, 0x42b20000, 0x4b400000, 0x3fb8aa3b, 0x3f318000, 0xb95e8083, 0x39506967, 0x3ab743ce, 0x3c088908,
  0x3d2aa9c1, 0x3e2aaaaa, 0x3f000000, 0x3f800000, 127,
])

/** e^x in lanes; `bytes` is a multiple of 16, `x` advances by `step` per vector, 16 or 0. */
export function exponentials(x: usize, step: usize, dst: usize, bytes: usize): void {
  for (const end = dst + bytes; dst < end; dst += 16) {
    v128.store(dst, exp(v128.load(x)))
    x += step
  }
}

/**
 * A NaN passes the bounds, since it compares with nothing, and stays NaN in every later operation.
 *
 * Where the result is 0, that of 0 is computed and dropped: products that underflow take processors very long, and
 * softmax has many of them.
 */
function exp(x: v128): v128 {
  const vanishing = f32x4.le(x, v128.load32_splat(CONSTANTS))
  x = f32x4.pmin(v128.andnot(x, vanishing), v128.load32_splat(CONSTANTS, 4))
  const shift = v128.load32_splat(CONSTANTS, 8)
  const t = f32x4.add(f32x4.mul(x, v128.load32_splat(CONSTANTS, 12)), shift)
  const n = f32x4.sub(t, shift)
  const reduced = f32x4.sub(x, f32x4.mul(n, v128.load32_splat(CONSTANTS, 16)))
  const r = f32x4.sub(reduced, f32x4.mul(n, v128.load32_splat(CONSTANTS, 20)))
  let p = v128.load32_splat(CONSTANTS, 24)
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(CONSTANTS, 28))
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(CONSTANTS, 32))
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(CONSTANTS, 36))
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(CONSTANTS, 40))
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(CONSTANTS, 44))
  const y = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), v128.load32_splat(CONSTANTS, 48))
  // As an integer, n is the difference of the bits of t and shift.
  const whole = i32x4.sub(t, shift)
  const half = i32x4.shr_s(whole, 1)
  const result = f32x4.mul(f32x4.mul(y, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)))
  return v128.andnot(result, vanishing)
}

/** 2^n for n from -126 to 127. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, v128.load32_splat(CONSTANTS, 52)), 23)
}
