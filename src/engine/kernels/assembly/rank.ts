// The candidate with r others before it: TopK, ArgMax and sorting.
import { LONG, WORD } from "./codes"
import { FILL, pad } from "./lanes"
import { Plan, sourceOf } from "./plan"
import { seek } from "./cursor"
import { Source } from "./source"
import { setStep, walk } from "./walk"
import { laneBytesOf } from "./view"

const SMALLEST: i32 = 1
const LAST_INDEX: i32 = 2
/** Set by the compiler if keys are float32, which have an order of their own. */
const FLOATS: i32 = 4
/** Set if all ranks of a row have the same candidates. */
const SHARED: i32 = 8

/** Up to so many ranks are kept in a list while the candidates pass; more are sorted. */
const FEW_RANKS: i32 = 32
const NAN_KEY: i64 = i64.MIN_VALUE

/** Number of the row whose order is in the scratch memory of this thread. */
let sorted: i32 = -1

/** To be called at the start of a step: scratch memory is shared between steps. */
export function forget(): void {
  sorted = -1
}

/**
 * Register 0 of a Rank. In the plan, `unit` counts elements as ever, `sizes` is the number of ranks, `terms` that of
 * candidates; source 0 walks over rows times candidates. Scratch: keys at `spare`, their order at `other`.
 */
export function rank(p: Plan, scratch: usize, element: i32, n: i32): usize {
  const slot = scratch + p.first
  const ranks = <i32>p.sizes
  const order = scratch + p.other
  for (let i = 0; i < n; i++) {
    const at = element + i
    const r = at % ranks
    const row = p.mode & SHARED ? at / ranks : at
    if (row !== sorted && r < p.terms) {
      const s = sourceOf(p, 0)
      loadKeys(p, s, scratch, row)
      if (ranks <= FEW_RANKS && p.mode & SHARED) select(p, scratch + p.spare, order, ranks)
      else sort(p, scratch + p.spare, order)
      sorted = row
    }
    store<i64>(slot + ((<usize>i) << 3), r < p.terms ? <i64>load<u32>(order + ((<usize>r) << 2)) : -1)
  }
  setStep(16)
  return slot
}

/** Keys of one row as integers of which the smaller one precedes. */
function loadKeys(p: Plan, s: Source, scratch: usize, row: i32): void {
  const n = p.terms
  const keys = scratch + p.spare
  const laneBytes = laneBytesOf(s)
  pad(keys, 0, laneBytes, n)
  seek(s, scratch, <u32>row * <u32>n)
  walk(s, scratch, 0, n, FILL, keys, laneBytes, 0)
  const flip: i64 = p.mode & SMALLEST ? 0 : -1
  // From the last one on: a key takes more room than a lane.
  for (let i = n - 1; i >= 0; i--) {
    let key: i64
    if (s.kind === LONG) key = load<i64>(keys + ((<usize>i) << 3)) ^ flip
    else {
      const lane = load<i32>(keys + ((<usize>i) << 2))
      if (s.kind === WORD && p.mode & FLOATS) key = keyOf(lane, flip)
      else key = (<i64>lane) ^ flip
    }
    store<i64>(keys + ((<usize>i) << 3), key)
  }
}

/** Zeros are equal, and so are NaNs, which come first. */
function keyOf(bits: i32, flip: i64): i64 {
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return NAN_KEY
  if (magnitude === 0) return flip
  return (<i64>(bits < 0 ? -magnitude : magnitude)) ^ flip
}

/** The first few of the order, by insertion. */
function select(p: Plan, keys: usize, order: usize, ranks: i32): void {
  const later = (p.mode & LAST_INDEX) !== 0
  let kept = 0
  for (let i = 0; i < p.terms; i++) {
    const key = load<i64>(keys + ((<usize>i) << 3))
    let at = kept
    while (at > 0) {
      const before = load<i64>(keys + ((<usize>load<u32>(order + ((<usize>(at - 1)) << 2))) << 3))
      if (before < key || (before === key && !later)) break
      at--
    }
    if (at === ranks) continue
    if (kept < ranks) kept++
    for (let j = kept - 1; j > at; j--) {
      store<u32>(order + ((<usize>j) << 2), load<u32>(order + ((<usize>(j - 1)) << 2)))
    }
    store<u32>(order + ((<usize>at) << 2), i)
  }
}

/** All of the order, by merging; `order` has room for twice as many. */
function sort(p: Plan, keys: usize, order: usize): void {
  const n = <usize>p.terms
  const later = (p.mode & LAST_INDEX) !== 0
  for (let i: usize = 0; i < n; i++) store<usize>(order + (i << 2), later ? n - 1 - i : i)
  let from = order
  let to = order + (n << 2)
  for (let width: usize = 1; width < n; width <<= 1) {
    for (let start: usize = 0; start < n; start += width << 1) {
      merge(keys, from, to, start, min(start + width, n), min(start + (width << 1), n))
    }
    const swap = from
    from = to
    to = swap
  }
  if (from !== order) memory.copy(order, from, n << 2)
}

/** Equal keys stay in order. */
function merge(keys: usize, from: usize, to: usize, start: usize, middle: usize, end: usize): void {
  let left = start
  let right = middle
  for (let i = start; i < end; i++) {
    let takeLeft = right >= end
    if (!takeLeft && left < middle) {
      const a = load<i64>(keys + (load<usize>(from + (left << 2)) << 3))
      const b = load<i64>(keys + (load<usize>(from + (right << 2)) << 3))
      takeLeft = a <= b
    }
    store<u32>(to + (i << 2), load<u32>(from + ((takeLeft ? left : right) << 2)))
    if (takeLeft) left++
    else right++
  }
}
