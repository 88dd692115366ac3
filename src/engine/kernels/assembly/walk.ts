// The walk of an access over a range of elements of the output, run by run.
import { advanceAll, carry, depart } from "./cursor"
import { reach } from "./lanes"
import { Source, guardBytes, guardsAt, lookupAt, loopAt, word } from "./source"

/** The first and the first one behind the lanes of a run that are not padding. */
let low: i32 = 0
let high: i32 = 0

/** Set when an access leaves its tensor. */
let left: i32 = 0

/** Whether an access of this thread has left its tensor since this was asked last. */
export function takeLeft(): bool {
  const was = left !== 0
  left = 0
  return was
}

/** Narrows `low` and `high` to the lanes where every guard of `s` holds; `at` is the address of its values. */
function clip(s: Source, at: usize): void {
  const inner = (<usize>(s.loops - 1)) << 2
  let guard = guardsAt(s)
  for (let g = 0; g < s.guards; g++) {
    const value = word(at)
    const size = word(guard + 4)
    const coefficient = word(guard + 8 + inner)
    if (coefficient === 0) {
      if (<u32>value >= <u32>size) high = low
    } else if (coefficient > 0) {
      // 0 <= value + coefficient * j < size
      low = max(low, ceilDivide(-value, coefficient))
      high = min(high, ceilDivide(size - value, coefficient))
    } else {
      low = max(low, ceilDivide(value - size + 1, -coefficient))
      high = min(high, ceilDivide(value + 1, -coefficient))
    }
    at += 4
    guard += guardBytes(s)
  }
  if (high < low) high = low
}

/** The smallest integer not below a / b, for positive b. */
function ceilDivide(a: i32, b: i32): i32 {
  if (b === 1) return a
  return a > 0 ? (a - 1) / b + 1 : a / b
}

/** An integer element. */
function integerAt(kind: i32, address: usize): i64 {
  if (kind === 4) return load<i64>(address)
  if (kind === 1) return <i64>load<i8>(address)
  if (kind === 2) return <i64>load<u8>(address)
  return <i64>load<i32>(address)
}

function inside(s: Source, address: usize): bool {
  if (s.bytes === 0 || address - s.start < s.bytes) return true
  left = 1
  return false
}

/** The coordinate of a lookup at lane j of the run; 0 on padding. */
function coordinateAt(s: Source, at: usize, j: i32): i64 {
  const inner = (<usize>(s.loops - 1)) << 2
  let guard = guardsAt(s)
  for (let g = 0; g < s.guards; g++) {
    const value = word(at + 4 + ((<usize>g) << 2)) + j * word(guard + 8 + inner)
    if (<u32>value >= <u32>word(guard + 4)) return 0
    guard += guardBytes(s)
  }
  const address = load<usize>(at) + j * word(loopAt(s, s.loops - 1) + 4)
  return inside(s, address) ? integerAt(s.kind, address) : 0
}

/** What all coordinates at lane j add to the address; narrows the run to nothing if one is out of range. */
function lookUp(s: Source, at: usize, j: i32, varying: bool): usize {
  let offset: usize = 0
  at += (<usize>(1 + s.guards)) << 2
  for (let i = 0; i < s.lookups; i++) {
    const lookup = lookupAt(s, i)
    if (!!lookup.varies === varying) {
      const value = coordinateAt(lookup.source, at, j)
      if (<u64>value >= <u64>lookup.limit) {
        high = low
        return 0
      }
      offset += <usize>value * lookup.stride
    }
    at += (<usize>(1 + lookup.source.guards)) << 2
  }
  return offset
}

/** Whether some coordinate changes from lane to lane. */
function anyVaries(s: Source): bool {
  for (let i = 0; i < s.lookups; i++) if (lookupAt(s, i).varies) return true
  return false
}

/** One run: lanes whose addresses differ by the stride of the innermost loop. */
function run(s: Source, at: usize, length: i32, mode: i32, dst: usize, laneBytes: usize, spare: usize): void {
  low = 0
  high = length
  if (s.guards > 0) clip(s, at + 4)
  if (low >= high) return
  const stride = word(loopAt(s, s.loops - 1) + 4)
  let address = load<usize>(at)
  if (s.lookups > 0) {
    address += lookUp(s, at, 0, false)
    if (low >= high) return
    if (anyVaries(s)) {
      const end = high
      for (let j = low; j < end; j++) {
        low = 0
        high = 1
        const from = address + j * stride + lookUp(s, at, j, true)
        if (low < high && inside(s, from))
          reach(mode, s.kind, dst + <usize>j * laneBytes, from, stride, 1, spare)
      }
      return
    }
  }
  const first = address + low * stride
  if (s.bytes !== 0 && !(inside(s, first) && inside(s, address + (high - 1) * stride))) return
  reach(mode, s.kind, dst + <usize>low * laneBytes, first, stride, high - low, spare)
}

/**
 * Visits `n` elements from the cursor on, run by run: fills or accumulates the lanes at `dst` that are not padding.
 *
 * @param indices addresses the reduction indices, or is 0 where all of them are 0
 * @param mode what to do with a run, see `reach`
 * @param spare room for n lanes
 */
export function walk(
  s: Source,
  scratch: usize,
  indices: usize,
  n: i32,
  mode: i32,
  dst: usize,
  laneBytes: usize,
  spare: usize,
): void {
  depart(s, scratch, indices)
  const cursor = scratch + s.cursor + s.size
  const inner = s.loops - 1
  const at = cursor + ((<usize>s.loops) << 2)
  const size = word(loopAt(s, inner))
  let x = word(cursor + ((<usize>inner) << 2))
  while (true) {
    const length = min(size - x, n)
    run(s, at, length, mode, dst, laneBytes, spare)
    n -= length
    if (n === 0) return
    dst += <usize>length * laneBytes
    advanceAll(s, cursor, inner, -x)
    x = 0
    carry(s, cursor, inner - 1)
  }
}

/** Bytes from the address that `direct` returned to that of the next vector: 16, or 0 for a single element. */
let stepOf: usize = 0

export function lastStep(): usize {
  return stepOf
}

export function setStep(step: usize): void {
  stepOf = step
}

/**
 * The address of `n` elements from the cursor on if they lie in memory just as lanes do, one behind the other or
 * all of them one element; 0 if not. `lastStep` tells which.
 */
export function direct(
  s: Source,
  scratch: usize,
  indices: usize,
  n: i32,
  laneBytes: usize,
  splat: usize,
): usize {
  const inner = s.loops - 1
  const cursor = scratch + s.cursor
  if (n > word(loopAt(s, inner)) - word(cursor + ((<usize>inner) << 2))) return 0
  const stride = <usize>word(loopAt(s, inner) + 4)
  if (s.kind !== 0 && s.kind !== 4) return 0
  if (stride !== 0 && stride !== laneBytes) return 0
  depart(s, scratch, indices)
  const at = cursor + s.size + ((<usize>s.loops) << 2)
  let address = load<usize>(at)
  if ((s.guards | s.lookups) !== 0) {
    low = 0
    high = n
    clip(s, at + 4)
    if (s.lookups > 0 && high - low === n) {
      if (anyVaries(s)) return 0
      address += lookUp(s, at, 0, false)
    }
    if (high - low !== n) return 0
  }
  if (s.bytes !== 0 && !(inside(s, address) && inside(s, address + <usize>(n - 1) * stride))) return 0
  if (stride !== 0) {
    stepOf = 16
    return address
  }
  if (laneBytes === 4) v128.store(splat, v128.load32_splat(address))
  else v128.store(splat, v128.load64_splat(address))
  stepOf = 0
  return splat
}
