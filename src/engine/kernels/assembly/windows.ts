// Folds whose terms lie apart, in short runs of elements that are neighbours on both sides: pooling, channels last.
// A table of pointers leads to the runs, as in products; padding is a run of what a fold starts from.
import { Add, Max, Min, Mul, combine } from "./accumulate"
import { FOLD_ADD, FOLD_MAX, FOLD_MIN, FOLD_MUL, LANES_FLOAT } from "./codes"
import { Plan } from "./plan"
import { setStep } from "./walk"

/**
 * Register 0 of such a fold. In the plan, `sources` is the table, `terms` pointers for every run of the output, and
 * `run` the number of elements of a run.
 */
export function foldWindows(p: Plan, scratch: usize, element: i32, n: i32): usize {
  const slot = scratch + p.first
  setStep(16)
  switch (p.mode) {
    case (LANES_FLOAT << 2) | FOLD_ADD:
      return runs<Add, f32>(p, element, n, slot)
    case (LANES_FLOAT << 2) | FOLD_MUL:
      return runs<Mul, f32>(p, element, n, slot)
    case (LANES_FLOAT << 2) | FOLD_MIN:
      return runs<Min, f32>(p, element, n, slot)
    case (LANES_FLOAT << 2) | FOLD_MAX:
      return runs<Max, f32>(p, element, n, slot)
  }
  switch (p.mode & 3) {
    case FOLD_ADD:
      return runs<Add, i32>(p, element, n, slot)
    case FOLD_MUL:
      return runs<Mul, i32>(p, element, n, slot)
    case FOLD_MIN:
      return runs<Min, i32>(p, element, n, slot)
    default:
      return runs<Max, i32>(p, element, n, slot)
  }
}

/** All runs that `n` elements are in. Returns where their lanes begin. */
function runs<O, T>(p: Plan, element: i32, n: i32, slot: usize): usize {
  const start = i32x4.splat(<i32>p.start)
  const pitch = (<usize>p.terms) << 2
  const row = element / p.run
  let table = p.sources + <usize>row * pitch
  let at = element - row * p.run
  let to = slot
  while (n > 0) {
    const count = min(p.run - at, n)
    run<O, T>(start, table, pitch, (<usize>at) << 2, to, (<usize>count) << 2)
    table += pitch
    to += (<usize>count) << 2
    n -= count
    at = 0
  }
  return slot
}

/** `bytes` bytes of a run from byte `at` on; its pointers are `pitch` bytes from `table` on. */
function run<O, T>(start: v128, table: usize, pitch: usize, at: usize, to: usize, bytes: usize): void {
  const end = table + pitch
  let i: usize = 0
  for (; i + 32 <= bytes; i += 32) {
    let low = start
    let high = start
    for (let q = table; q < end; q += 4) {
      const from = load<usize>(q) + at + i
      low = combine<O, T>(low, v128.load(from))
      high = combine<O, T>(high, v128.load(from, 16))
    }
    v128.store(to + i, low)
    v128.store(to + i, high, 16)
  }
  for (; i + 16 <= bytes; i += 16) {
    let acc = start
    for (let q = table; q < end; q += 4) acc = combine<O, T>(acc, v128.load(load<usize>(q) + at + i))
    v128.store(to + i, acc)
  }
  for (; i < bytes; i += 4) {
    let acc = v128.extract_lane<T>(start, 0)
    for (let q = table; q < end; q += 4) {
      acc = changetype<O>(0).scalar<T>(acc, load<T>(load<usize>(q) + at + i))
    }
    store<T>(to + i, acc)
  }
}
