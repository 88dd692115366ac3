// Operations on lanes of int64. Exactly `n` lanes are written; an operand advances by its step per pair of lanes,
// 16 or 0.
import { quotient, remainder } from "./integer-lanes"

@unmanaged
export class Add {
  of(a: i64, b: i64): i64 {
    return a + b
  }
}

@unmanaged
export class Sub {
  of(a: i64, b: i64): i64 {
    return a - b
  }
}

@unmanaged
export class Mul {
  of(a: i64, b: i64): i64 {
    return a * b
  }
}

@unmanaged
export class Div {
  of(a: i64, b: i64): i64 {
    return quotient<i64>(a, b)
  }
}

@unmanaged
export class Rem {
  of(a: i64, b: i64): i64 {
    return remainder<i64>(a, b)
  }
}

@unmanaged
export class Min {
  of(a: i64, b: i64): i64 {
    return a < b ? a : b
  }
}

@unmanaged
export class Max {
  of(a: i64, b: i64): i64 {
    return a > b ? a : b
  }
}

@unmanaged
export class And {
  of(a: i64, b: i64): i64 {
    return a & b
  }
}

@unmanaged
export class Xor {
  of(a: i64, b: i64): i64 {
    return a ^ b
  }
}

@unmanaged
export class Shr {
  of(a: i64, b: i64): i64 {
    return a >> (b < 0 ? 0 : b > 63 ? 63 : b)
  }
}

/** Two operands and a result of 64 bits, by an operation of above. */
export function longs2<O>(a: usize, stepA: usize, b: usize, stepB: usize, dst: usize, n: i32): void {
  const nextA = stepA >> 1
  const nextB = stepB >> 1
  for (const end = dst + ((<usize>n) << 3); dst < end; dst += 8) {
    store<i64>(dst, changetype<O>(0).of(load<i64>(a), load<i64>(b)))
    a += nextA
    b += nextB
  }
}

@unmanaged
export class Eq {
  of(a: i64, b: i64): bool {
    return a === b
  }
}

@unmanaged
export class Lt {
  of(a: i64, b: i64): bool {
    return a < b
  }
}

/** A comparison; the result has lanes of 32 bits. */
export function compareLongs<O>(a: usize, stepA: usize, b: usize, stepB: usize, dst: usize, n: i32): void {
  const nextA = stepA >> 1
  const nextB = stepB >> 1
  for (const end = dst + ((<usize>n) << 2); dst < end; dst += 4) {
    store<u32>(dst, u32(changetype<O>(0).of(load<i64>(a), load<i64>(b))))
    a += nextA
    b += nextB
  }
}

/** Lanes of 32 bits, of type T, to lanes of 64; float32 saturates, NaN gives 0. */
export function toLongs<T>(a: usize, stepA: usize, dst: usize, n: i32): void {
  const next = stepA >> 2
  for (const end = dst + ((<usize>n) << 3); dst < end; dst += 8) {
    store<i64>(dst, <i64>load<T>(a))
    a += next
  }
}

/** Lanes of 64 bits to lanes of 32: the low bits, or the nearest float32. */
export function fromLongs<T>(a: usize, stepA: usize, dst: usize, n: i32): void {
  const next = stepA >> 1
  for (const end = dst + ((<usize>n) << 2); dst < end; dst += 4) {
    store<T>(dst, <T>load<i64>(a))
    a += next
  }
}

/** Whether lanes are not 0. */
export function truthOfLongs(a: usize, stepA: usize, dst: usize, n: i32): void {
  const next = stepA >> 1
  for (const end = dst + ((<usize>n) << 2); dst < end; dst += 4) {
    store<u32>(dst, u32(load<i64>(a) !== 0))
    a += next
  }
}

/** Lane by lane b where the condition, of 32 bits, is not 0, else c. */
export function select64(
  a: usize,
  stepA: usize,
  b: usize,
  stepB: usize,
  c: usize,
  stepC: usize,
  dst: usize,
  n: i32,
): void {
  for (const end = dst + ((<usize>n) << 3); dst < end; dst += 8) {
    store<i64>(dst, load<i32>(a) !== 0 ? load<i64>(b) : load<i64>(c))
    a += stepA >> 2
    b += stepB >> 1
    c += stepC >> 1
  }
}
