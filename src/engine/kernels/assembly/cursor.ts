// Cursors: where the walk of an access is. A cursor is a coordinate per loop, then for the access itself and for that of
// every lookup an address and a value per guard.
import { Source, guardBytes, guardsAt, lookupAt, loopAt, reductionsAt, word } from "./source"

/** Puts the cursor of `s` on an element of the output. */
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
export function depart(s: Source, scratch: usize, indices: usize): void {
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

export function advanceAll(s: Source, cursor: usize, i: i32, steps: i32): void {
  let at = advance(s, i, steps, cursor + ((<usize>s.loops) << 2))
  for (let k = 0; k < s.lookups; k++) at = advance(lookupAt(s, k).source, i, steps, at)
}

/** The next index of the loops up to i, last one fastest. */
export function carry(s: Source, cursor: usize, i: i32): void {
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
