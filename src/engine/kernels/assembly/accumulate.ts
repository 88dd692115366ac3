// acc = acc op x for lanes that lie one behind the other; exactly n lanes are written.
import { FOLD_ADD, FOLD_MAX, FOLD_MIN, FOLD_MUL, LANES_FLOAT, LANES_LONG, LANES_WORD } from "./codes"

@unmanaged
export class Add {
  floats(a: v128, b: v128): v128 {
    return f32x4.add(a, b)
  }
  words(a: v128, b: v128): v128 {
    return i32x4.add(a, b)
  }
  scalar<T>(a: T, b: T): T {
    return <T>(a + b)
  }
}

@unmanaged
export class Mul {
  floats(a: v128, b: v128): v128 {
    return f32x4.mul(a, b)
  }
  words(a: v128, b: v128): v128 {
    return i32x4.mul(a, b)
  }
  scalar<T>(a: T, b: T): T {
    return <T>(a * b)
  }
}

@unmanaged
export class Min {
  floats(a: v128, b: v128): v128 {
    return f32x4.min(a, b)
  }
  words(a: v128, b: v128): v128 {
    return i32x4.min_s(a, b)
  }
  scalar<T>(a: T, b: T): T {
    return min<T>(a, b)
  }
}

@unmanaged
export class Max {
  floats(a: v128, b: v128): v128 {
    return f32x4.max(a, b)
  }
  words(a: v128, b: v128): v128 {
    return i32x4.max_s(a, b)
  }
  scalar<T>(a: T, b: T): T {
    return max<T>(a, b)
  }
}

/** Combines vectors of floats or of integers, by type T. */
export function combine<O, T>(a: v128, b: v128): v128 {
  return isFloat<T>() ? changetype<O>(0).floats(a, b) : changetype<O>(0).words(a, b)
}

function floats<O>(acc: usize, x: usize, n: i32): void {
  const end = acc + ((<usize>n) << 2)
  for (; acc + 16 <= end; acc += 16) {
    v128.store(acc, changetype<O>(0).floats(v128.load(acc), v128.load(x)))
    x += 16
  }
  for (; acc < end; acc += 4) {
    store<f32>(acc, changetype<O>(0).scalar<f32>(load<f32>(acc), load<f32>(x)))
    x += 4
  }
}

function words<O>(acc: usize, x: usize, n: i32): void {
  const end = acc + ((<usize>n) << 2)
  for (; acc + 16 <= end; acc += 16) {
    v128.store(acc, changetype<O>(0).words(v128.load(acc), v128.load(x)))
    x += 16
  }
  for (; acc < end; acc += 4) {
    store<i32>(acc, changetype<O>(0).scalar<i32>(load<i32>(acc), load<i32>(x)))
    x += 4
  }
}

function longs<O>(acc: usize, x: usize, n: i32): void {
  for (const end = acc + ((<usize>n) << 3); acc < end; acc += 8) {
    store<i64>(acc, changetype<O>(0).scalar<i64>(load<i64>(acc), load<i64>(x)))
    x += 8
  }
}

/** Lanes at `acc` become acc op x. The mode is the kind of lanes times 4, plus the operation. */
export function accumulate(mode: i32, acc: usize, x: usize, n: i32): void {
  switch (mode) {
    case (LANES_FLOAT << 2) | FOLD_ADD:
      return floats<Add>(acc, x, n)
    case (LANES_FLOAT << 2) | FOLD_MUL:
      return floats<Mul>(acc, x, n)
    case (LANES_FLOAT << 2) | FOLD_MIN:
      return floats<Min>(acc, x, n)
    case (LANES_FLOAT << 2) | FOLD_MAX:
      return floats<Max>(acc, x, n)
    case (LANES_WORD << 2) | FOLD_ADD:
      return words<Add>(acc, x, n)
    case (LANES_WORD << 2) | FOLD_MUL:
      return words<Mul>(acc, x, n)
    case (LANES_WORD << 2) | FOLD_MIN:
      return words<Min>(acc, x, n)
    case (LANES_WORD << 2) | FOLD_MAX:
      return words<Max>(acc, x, n)
    case (LANES_LONG << 2) | FOLD_ADD:
      return longs<Add>(acc, x, n)
    case (LANES_LONG << 2) | FOLD_MUL:
      return longs<Mul>(acc, x, n)
    case (LANES_LONG << 2) | FOLD_MIN:
      return longs<Min>(acc, x, n)
    default:
      return longs<Max>(acc, x, n)
  }
}
