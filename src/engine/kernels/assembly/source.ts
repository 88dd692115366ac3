// Where the elements of an operand are: the walk of one access over a range of elements of the output.
import { reach } from "./lanes"

/**
 * One access of a step. Loops that lie one behind the other in memory are one loop here, so that the walk
 * meets long runs. Strides are in bytes; addresses wrap at 2^32, which leaves those inside of the tensor right.
 *
 * Behind the fields: a size and a stride per loop, a stride per reduction loop, then per guard offset, size and
 * a coefficient per loop and reduction loop, then per lookup what `Lookup` has.
 */
@unmanaged
export class Source {
  /** Address of the element at which all indices are 0. */
  origin: usize
  kind: i32
  /** The bytes of the tensor, for an access that is not known to stay inside: `bytes` is 0 if it is. */
  start: usize
  bytes: usize
  loops: i32
  reductions: i32
  guards: i32
  lookups: i32
  /** Where in the scratch memory of a thread the cursor is. */
  cursor: usize
  /** Bytes of a cursor: two lie behind each other, where the block starts and where the walk is. */
  size: usize
}

/** A coordinate that is data. */
@unmanaged
export class Lookup {
  /** The access of the coordinate, with the loops of the access that uses it. */
  source: Source
  /** Bytes per unit of the coordinate. */
  stride: usize
  /** Whether the coordinate changes along the innermost loop. */
  varies: i32
  unused: i32
  /** Coordinates from here on are padding. */
  limit: i64
}

const HEADER: usize = offsetof<Source>()
const LOOKUP: usize = offsetof<Lookup>()

function word(at: usize): i32 {
  return load<i32>(at)
}

/** Address of the size of loop i; its stride is the next word. */
function loopAt(s: Source, i: i32): usize {
  return changetype<usize>(s) + HEADER + ((<usize>i) << 3)
}

function reductionsAt(s: Source): usize {
  return loopAt(s, s.loops)
}

/** Address of the guards, each with `guardBytes` bytes. */
function guardsAt(s: Source): usize {
  return reductionsAt(s) + ((<usize>s.reductions) << 2)
}

function guardBytes(s: Source): usize {
  return (<usize>(2 + s.loops + s.reductions)) << 2
}

function lookupAt(s: Source, i: i32): Lookup {
  return changetype<Lookup>(guardsAt(s) + <usize>s.guards * guardBytes(s) + <usize>i * LOOKUP)
}

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

/**
 * Puts the cursor of `s` on an element of the output.
 *
 * A cursor is a coordinate per loop, then for the access itself and for that of every lookup an address and a
 * value per guard.
 */
export function seek(s: Source, scratch: usize, element: u32): void {
  const cursor = scratch + s.cursor
  let rest = element
  for (let i = s.loops - 1; i > 0; i--) {
    const size = <u32>word(loopAt(s, i))
    const quotient = rest / size
    store<u32>(cursor + ((<usize>i) << 2), rest - quotient * size)
    rest = quotient
  }
  store<u32>(cursor, rest)
  let at = place(s, cursor, cursor + ((<usize>s.loops) << 2))
  for (let i = 0; i < s.lookups; i++) at = place(lookupAt(s, i).source, cursor, at)
}

/** Writes address and guard values for the coordinates; returns the address behind them. */
function place(s: Source, coordinates: usize, at: usize): usize {
  const loops = s.loops
  let address = s.origin
  for (let i = 0; i < loops; i++) {
    address += word(coordinates + ((<usize>i) << 2)) * word(loopAt(s, i) + 4)
  }
  store<usize>(at, address)
  let guard = guardsAt(s)
  for (let g = 0; g < s.guards; g++) {
    let value = word(guard)
    for (let i = 0; i < loops; i++) {
      value += word(coordinates + ((<usize>i) << 2)) * word(guard + 8 + ((<usize>i) << 2))
    }
    at += 4
    store<i32>(at, value)
    guard += guardBytes(s)
  }
  return at + 4
}

/** Copies the cursor for one walk, moved by reduction indices (none if `indices` is 0). */
function depart(s: Source, scratch: usize, indices: usize): void {
  const from = scratch + s.cursor
  const to = from + s.size
  for (let i: usize = 0; i < s.size; i += 4) store<u32>(to + i, load<u32>(from + i))
  if (indices === 0 || s.reductions === 0) return
  let at = shift(s, indices, to + ((<usize>s.loops) << 2))
  for (let i = 0; i < s.lookups; i++) at = shift(lookupAt(s, i).source, indices, at)
}

function shift(s: Source, indices: usize, at: usize): usize {
  const loops = (<usize>s.loops) << 2
  const strides = reductionsAt(s)
  const count = (<usize>s.reductions) << 2
  let address = load<usize>(at)
  for (let i: usize = 0; i < count; i += 4) address += word(indices + i) * word(strides + i)
  store<usize>(at, address)
  let guard = guardsAt(s)
  for (let g = 0; g < s.guards; g++) {
    at += 4
    let value = word(at)
    for (let i: usize = 0; i < count; i += 4) value += word(indices + i) * word(guard + 8 + loops + i)
    store<i32>(at, value)
    guard += guardBytes(s)
  }
  return at + 4
}

/** Moves address and guard values by `steps` of loop i; returns the address behind them. */
function advance(s: Source, i: i32, steps: i32, at: usize): usize {
  store<usize>(at, load<usize>(at) + steps * word(loopAt(s, i) + 4))
  let guard = guardsAt(s) + 8 + ((<usize>i) << 2)
  for (let g = 0; g < s.guards; g++) {
    at += 4
    store<i32>(at, word(at) + steps * word(guard))
    guard += guardBytes(s)
  }
  return at + 4
}

function advanceAll(s: Source, cursor: usize, i: i32, steps: i32): void {
  let at = advance(s, i, steps, cursor + ((<usize>s.loops) << 2))
  for (let k = 0; k < s.lookups; k++) at = advance(lookupAt(s, k).source, i, steps, at)
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

/** The next index of the loops up to i, last one fastest. */
function carry(s: Source, cursor: usize, i: i32): void {
  for (; i >= 0; i--) {
    const coordinate = cursor + ((<usize>i) << 2)
    const next = word(coordinate) + 1
    advanceAll(s, cursor, i, 1)
    const size = word(loopAt(s, i))
    if (next < size) {
      store<i32>(coordinate, next)
      return
    }
    advanceAll(s, cursor, i, -size)
    store<i32>(coordinate, 0)
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

/** How far reduction indices move an access, in bytes. */
export function reductionOffset(s: Source, indices: usize): usize {
  const strides = reductionsAt(s)
  let offset: usize = 0
  for (let i: usize = 0; i < (<usize>s.reductions) << 2; i += 4)
    offset += word(indices + i) * word(strides + i)
  return offset
}

/** Writes the address of every element from the cursor on; for accesses without guards and lookups. */
export function addresses(s: Source, scratch: usize, n: i32, dst: usize): void {
  depart(s, scratch, 0)
  const cursor = scratch + s.cursor + s.size
  const inner = s.loops - 1
  const at = cursor + ((<usize>s.loops) << 2)
  const size = word(loopAt(s, inner))
  const stride = word(loopAt(s, inner) + 4)
  let x = word(cursor + ((<usize>inner) << 2))
  while (true) {
    const length = min(size - x, n)
    let address = load<usize>(at)
    for (let j = 0; j < length; j++) {
      store<usize>(dst, address)
      dst += 4
      address += stride
    }
    n -= length
    if (n === 0) return
    advanceAll(s, cursor, inner, -x)
    x = 0
    carry(s, cursor, inner - 1)
  }
}
