// Sums and extremes along rows: terms lie one behind the other in memory, an element has a row of its own.
//
// Sums and products of floats have an order, so that lanes run over eight rows at a time: their terms are
// transposed in registers. The other operations come to the same in any order; there lanes run along a row.
import { Add, Max, Min, Mul, combine } from "./accumulate"
import { FOLD_ADD, FOLD_MAX, FOLD_MIN, FOLD_MUL, LANES_FLOAT } from "./codes"
import { pad } from "./lanes"
import { Plan, sourceOf } from "./plan"
import { addresses, reductionOffset, seek } from "./cursor"
import { Source } from "./source"
import { setStep } from "./walk"

/** Rows that are taken at once. */
const ROWS: i32 = 8

/** Addresses of the rows of `n` elements, as many more as fill up the last eight: rows there are read twice. */
function rowAddresses(s: Source, scratch: usize, element: i32, n: i32, list: usize): void {
  seek(s, scratch, element)
  addresses(s, scratch, n, list)
  const last = load<usize>(list + ((<usize>(n - 1)) << 2))
  for (let i = n; i % ROWS !== 0; i++) store<usize>(list + ((<usize>i) << 2), last)
}

/** Register 0 of a fold along rows: `run` bytes of neighbours, for every combination of the other reduction loops. */
export function foldRows(p: Plan, scratch: usize, element: i32, n: i32): usize {
  const slot = scratch + p.first
  const list = scratch + p.spare
  const s = sourceOf(p, 0)
  pad(slot, p.start, 4, n + ROWS - 1)
  rowAddresses(s, scratch, element, n, list)
  const indices = scratch + p.indices
  for (let term = 0; term < p.terms; term++) {
    setIndices(p, indices, term)
    foldTerm(p.mode, list, reductionOffset(s, indices), p.run, slot, n)
  }
  setStep(16)
  return slot
}

function foldTerm(mode: i32, list: usize, offset: usize, run: usize, acc: usize, n: i32): void {
  switch (mode) {
    case (LANES_FLOAT << 2) | FOLD_ADD:
      return alongRows<Add, i32>(list, offset, list, offset, run, acc, n)
    case (LANES_FLOAT << 2) | FOLD_MUL:
      return alongRows<Mul, i32>(list, offset, list, offset, run, acc, n)
    case (LANES_FLOAT << 2) | FOLD_MIN:
      return inRows<Min, f32>(list, offset, run, acc, n)
    case (LANES_FLOAT << 2) | FOLD_MAX:
      return inRows<Max, f32>(list, offset, run, acc, n)
  }
  switch (mode & 3) {
    case FOLD_ADD:
      return inRows<Add, i32>(list, offset, run, acc, n)
    case FOLD_MUL:
      return inRows<Mul, i32>(list, offset, run, acc, n)
    case FOLD_MIN:
      return inRows<Min, i32>(list, offset, run, acc, n)
    default:
      return inRows<Max, i32>(list, offset, run, acc, n)
  }
}

/** Register 0 of a dot product of float32 whose operands both lie along rows. */
export function dotRows(p: Plan, scratch: usize, element: i32, n: i32): usize {
  const slot = scratch + p.first
  const a = sourceOf(p, 0)
  const b = sourceOf(p, 1)
  pad(slot, 0, 4, n + ROWS - 1)
  rowAddresses(a, scratch, element, n, scratch + p.spare)
  rowAddresses(b, scratch, element, n, scratch + p.other)
  const indices = scratch + p.indices
  for (let term = 0; term < p.terms; term++) {
    setIndices(p, indices, term)
    const offsetA = reductionOffset(a, indices)
    const offsetB = reductionOffset(b, indices)
    alongRows<Add, f32>(scratch + p.spare, offsetA, scratch + p.other, offsetB, p.run, slot, n)
  }
  setStep(16)
  return slot
}

/** Reduction indices of a combination. */
function setIndices(p: Plan, indices: usize, term: i32): void {
  for (let i = p.reductions - 1; i >= 0; i--) {
    const size = load<i32>(p.sizes + ((<usize>i) << 2))
    store<i32>(indices + ((<usize>i) << 2), term % size)
    term /= size
  }
}

/** acc = acc op term, term by term. D is f32 if a term is a product of both operands, i32 if it is the first. */
function alongRows<O, D>(
  listA: usize,
  offsetA: usize,
  listB: usize,
  offsetB: usize,
  run: usize,
  acc: usize,
  n: i32,
): void {
  for (let i = 0; i < n; i += ROWS) {
    eightRows<O, D>(listA, offsetA, listB, offsetB, run, acc)
    listA += ROWS * 4
    listB += ROWS * 4
    acc += ROWS * 4
  }
}

/** Four terms of a row. */
function terms<D>(a: usize, b: usize): v128 {
  return isFloat<D>() ? f32x4.mul(v128.load(a), v128.load(b)) : v128.load(a)
}

/** A term of each of four rows. */
function column<D>(listA: usize, offsetA: usize, listB: usize, offsetB: usize): v128 {
  let a = v128.load32_splat(load<usize>(listA) + offsetA)
  a = v128.load32_lane(load<usize>(listA, 4) + offsetA, a, 1)
  a = v128.load32_lane(load<usize>(listA, 8) + offsetA, a, 2)
  a = v128.load32_lane(load<usize>(listA, 12) + offsetA, a, 3)
  if (!isFloat<D>()) return a
  return f32x4.mul(a, column<i32>(listB, offsetB, 0, 0))
}

/** acc of four rows, four terms further. */
function fourTerms<O>(acc: v128, r0: v128, r1: v128, r2: v128, r3: v128): v128 {
  const low01 = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5)
  const low23 = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5)
  const high01 = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7)
  const high23 = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7)
  acc = changetype<O>(0).floats(acc, v128.shuffle<u64>(low01, low23, 0, 2))
  acc = changetype<O>(0).floats(acc, v128.shuffle<u64>(low01, low23, 1, 3))
  acc = changetype<O>(0).floats(acc, v128.shuffle<u64>(high01, high23, 0, 2))
  return changetype<O>(0).floats(acc, v128.shuffle<u64>(high01, high23, 1, 3))
}

function eightRows<O, D>(
  listA: usize,
  offsetA: usize,
  listB: usize,
  offsetB: usize,
  run: usize,
  acc: usize,
): void {
  let low = v128.load(acc)
  let high = v128.load(acc, 16)
  const a0 = load<usize>(listA) + offsetA
  const a1 = load<usize>(listA, 4) + offsetA
  const a2 = load<usize>(listA, 8) + offsetA
  const a3 = load<usize>(listA, 12) + offsetA
  const a4 = load<usize>(listA, 16) + offsetA
  const a5 = load<usize>(listA, 20) + offsetA
  const a6 = load<usize>(listA, 24) + offsetA
  const a7 = load<usize>(listA, 28) + offsetA
  const b0 = load<usize>(listB) + offsetB
  const b1 = load<usize>(listB, 4) + offsetB
  const b2 = load<usize>(listB, 8) + offsetB
  const b3 = load<usize>(listB, 12) + offsetB
  const b4 = load<usize>(listB, 16) + offsetB
  const b5 = load<usize>(listB, 20) + offsetB
  const b6 = load<usize>(listB, 24) + offsetB
  const b7 = load<usize>(listB, 28) + offsetB
  let i: usize = 0
  for (const blocks = run & ~15; i < blocks; i += 16) {
    low = fourTerms<O>(
      low,
      terms<D>(a0 + i, b0 + i),
      terms<D>(a1 + i, b1 + i),
      terms<D>(a2 + i, b2 + i),
      terms<D>(a3 + i, b3 + i),
    )
    high = fourTerms<O>(
      high,
      terms<D>(a4 + i, b4 + i),
      terms<D>(a5 + i, b5 + i),
      terms<D>(a6 + i, b6 + i),
      terms<D>(a7 + i, b7 + i),
    )
  }
  for (; i < run; i += 4) {
    low = changetype<O>(0).floats(low, column<D>(listA, offsetA + i, listB, offsetB + i))
    high = changetype<O>(0).floats(high, column<D>(listA + 16, offsetA + i, listB + 16, offsetB + i))
  }
  v128.store(acc, low)
  v128.store(acc, high, 16)
}

/** acc = acc op all terms of the row, in any order. */
function inRows<O, T>(list: usize, offset: usize, run: usize, acc: usize, n: i32): void {
  for (const end = acc + ((<usize>n) << 2); acc < end; acc += 4) {
    let from = load<usize>(list) + offset
    const stop = from + run
    let sum = load<T>(acc)
    if (run >= 64) {
      let v0 = v128.load(from)
      let v1 = v128.load(from, 16)
      let v2 = v128.load(from, 32)
      let v3 = v128.load(from, 48)
      from += 64
      for (; from + 64 <= stop; from += 64) {
        v0 = combine<O, T>(v0, v128.load(from))
        v1 = combine<O, T>(v1, v128.load(from, 16))
        v2 = combine<O, T>(v2, v128.load(from, 32))
        v3 = combine<O, T>(v3, v128.load(from, 48))
      }
      v0 = combine<O, T>(combine<O, T>(v0, v1), combine<O, T>(v2, v3))
      v0 = combine<O, T>(v0, v128.shuffle<u64>(v0, v0, 1, 0))
      v0 = combine<O, T>(v0, v128.shuffle<u32>(v0, v0, 1, 0, 3, 2))
      sum = changetype<O>(0).scalar<T>(sum, v128.extract_lane<T>(v0, 0))
    }
    for (; from < stop; from += 4) sum = changetype<O>(0).scalar<T>(sum, load<T>(from))
    store<T>(acc, sum)
    list += 4
  }
}
