// Operations on lanes of 32-bit integers, which hold int8, uint8, int32 and bool. `bytes` is a multiple of 16; an
// operand advances by its step per vector, 16 or 0.

@unmanaged
export class Add {
  of(a: v128, b: v128): v128 {
    return i32x4.add(a, b)
  }
}

@unmanaged
export class Sub {
  of(a: v128, b: v128): v128 {
    return i32x4.sub(a, b)
  }
}

@unmanaged
export class Mul {
  of(a: v128, b: v128): v128 {
    return i32x4.mul(a, b)
  }
}

@unmanaged
export class Min {
  of(a: v128, b: v128): v128 {
    return i32x4.min_s(a, b)
  }
}

@unmanaged
export class Max {
  of(a: v128, b: v128): v128 {
    return i32x4.max_s(a, b)
  }
}

@unmanaged
export class And {
  of(a: v128, b: v128): v128 {
    return v128.and(a, b)
  }
}

@unmanaged
export class Xor {
  of(a: v128, b: v128): v128 {
    return v128.xor(a, b)
  }
}

@unmanaged
export class Eq {
  of(a: v128, b: v128): v128 {
    return v128.and(i32x4.eq(a, b), i32x4.splat(1))
  }
}

@unmanaged
export class Lt {
  of(a: v128, b: v128): v128 {
    return v128.and(i32x4.lt_s(a, b), i32x4.splat(1))
  }
}

/** Two operands, by an operation of above. */
export function words2<O>(a: usize, stepA: usize, b: usize, stepB: usize, dst: usize, bytes: usize): void {
  for (const end = dst + bytes; dst < end; dst += 16) {
    v128.store(dst, changetype<O>(0).of(v128.load(a), v128.load(b)))
    a += stepA
    b += stepB
  }
}

/** Truncating; x / 0 is 0. */
export function quotient<T>(a: T, b: T): T {
  if (b === 0) return 0
  return b === -1 ? <T>(0 - a) : a / b
}

/** x rem 0 is 0. */
export function remainder<T>(a: T, b: T): T {
  return b === 0 || b === -1 ? 0 : a % b
}

@unmanaged
export class Div {
  of(a: i32, b: i32): i32 {
    return quotient<i32>(a, b)
  }
}

@unmanaged
export class Rem {
  of(a: i32, b: i32): i32 {
    return remainder<i32>(a, b)
  }
}

@unmanaged
export class Shr {
  of(a: i32, b: i32): i32 {
    return a >> min(max(b, 0), 31)
  }
}

/** Two operands, lane by lane. */
export function eachWord2<O>(a: usize, stepA: usize, b: usize, stepB: usize, dst: usize, bytes: usize): void {
  for (const end = dst + bytes; dst < end; dst += 16) {
    for (let i: usize = 0; i < 16; i += 4) {
      store<i32>(dst + i, changetype<O>(0).of(load<i32>(a + i), load<i32>(b + i)))
    }
    a += stepA
    b += stepB
  }
}

@unmanaged
export class Truth {
  of(a: v128): v128 {
    return v128.and(i32x4.ne(a, i32x4.splat(0)), i32x4.splat(1))
  }
}

@unmanaged
export class WrapSigned {
  of(a: v128): v128 {
    return i32x4.shr_s(i32x4.shl(a, 24), 24)
  }
}

@unmanaged
export class WrapUnsigned {
  of(a: v128): v128 {
    return v128.and(a, i32x4.splat(255))
  }
}

@unmanaged
export class ToFloat {
  of(a: v128): v128 {
    return f32x4.convert_i32x4_s(a)
  }
}

@unmanaged
export class FromFloat {
  of(a: v128): v128 {
    return i32x4.trunc_sat_f32x4_s(a)
  }
}

/** One operand; the result has lanes of 32 bits, too. */
export function words1<O>(a: usize, stepA: usize, dst: usize, bytes: usize): void {
  for (const end = dst + bytes; dst < end; dst += 16) {
    v128.store(dst, changetype<O>(0).of(v128.load(a)))
    a += stepA
  }
}

/** Lane by lane b where the condition is not 0, else c. */
export function select32(
  a: usize,
  stepA: usize,
  b: usize,
  stepB: usize,
  c: usize,
  stepC: usize,
  dst: usize,
  bytes: usize,
): void {
  for (const end = dst + bytes; dst < end; dst += 16) {
    const chosen = i32x4.ne(v128.load(a), i32x4.splat(0))
    v128.store(dst, v128.bitselect(v128.load(b), v128.load(c), chosen))
    a += stepA
    b += stepB
    c += stepC
  }
}
