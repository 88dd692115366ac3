// Steps that move elements between arrays: concatenation, transposition, slices. The compiler has cut them into boxes,
// within which source and destination are affine in the same loops.
import { copy } from "./lanes"
import { Plan } from "./plan"

/**
 * A tile of two loops, repeated along others. Sizes count elements of `width` bytes, or bytes for rows; strides are in
 * bytes. Behind the fields: size, source stride and destination stride of each outer loop.
 */
@unmanaged
export class Box {
  source: usize
  target: usize
  /** The loop along which the destination is contiguous, if there is one, then the other loop of the tile. */
  inner: i32
  innerSource: i32
  innerTarget: i32
  other: i32
  otherSource: i32
  otherTarget: i32
  /** ROWS, or the bytes of an element. */
  width: i32
  /** Combinations of the outer loops, and how many of them a unit does. */
  tiles: i32
  tilesPerUnit: i32
  /** The number of its first unit. */
  firstUnit: i32
  loops: i32
}

/** Rows of bytes that lie one behind the other on either side. */
const ROWS: i32 = 0

/** In the plan, `sources` is a list of `mode` boxes. */
export function copyUnit(p: Plan, unit: i32): void {
  let number = 0
  while (number + 1 < p.mode && boxAt(p, number + 1).firstUnit <= unit) number++
  const box = boxAt(p, number)
  const first = (unit - box.firstUnit) * box.tilesPerUnit
  const end = min(first + box.tilesPerUnit, box.tiles)
  for (let tile = first; tile < end; tile++) copyTile(box, tile)
}

function boxAt(p: Plan, i: i32): Box {
  return load<Box>(p.sources + ((<usize>i) << 2))
}

function copyTile(box: Box, tile: i32): void {
  let source = box.source
  let target = box.target
  for (let i = box.loops - 1; i >= 0; i--) {
    const loop = changetype<usize>(box) + offsetof<Box>() + <usize>(i * 12)
    const size = load<i32>(loop)
    const index = tile % size
    tile /= size
    source += index * load<i32>(loop, 4)
    target += index * load<i32>(loop, 8)
  }
  if (box.width === ROWS) {
    for (let i = 0; i < box.other; i++) {
      copy(target, source, box.inner)
      source += box.otherSource
      target += box.otherTarget
    }
  } else if (box.width === 4) {
    if (box.innerTarget === 4 && box.otherSource === 4) transpose(box, source, target)
    else elements<u32>(box, source, target)
  } else if (box.width === 8) elements<u64>(box, source, target)
  else elements<u8>(box, source, target)
}

/** Element by element. */
function elements<T>(box: Box, source: usize, target: usize): void {
  for (let i = 0; i < box.other; i++) {
    let from = source
    let to = target
    for (let j = 0; j < box.inner; j++) {
      store<T>(to, load<T>(from))
      from += box.innerSource
      to += box.innerTarget
    }
    source += box.otherSource
    target += box.otherTarget
  }
}

/** Elements of 4 bytes that are neighbours along the other loop in the source, along the inner one in the target. */
function transpose(box: Box, source: usize, target: usize): void {
  const wholeInner = box.inner & ~3
  const wholeOther = box.other & ~3
  const ds = box.innerSource
  const dt = box.otherTarget
  for (let i = 0; i < wholeOther; i += 4) {
    let from = source + ((<usize>i) << 2)
    let to = target + i * dt
    for (let j = 0; j < wholeInner; j += 4) {
      const a = v128.load(from)
      const b = v128.load(from + ds)
      const c = v128.load(from + 2 * ds)
      const d = v128.load(from + 3 * ds)
      const low01 = v128.shuffle<u32>(a, b, 0, 4, 1, 5)
      const low23 = v128.shuffle<u32>(c, d, 0, 4, 1, 5)
      const high01 = v128.shuffle<u32>(a, b, 2, 6, 3, 7)
      const high23 = v128.shuffle<u32>(c, d, 2, 6, 3, 7)
      v128.store(to, v128.shuffle<u64>(low01, low23, 0, 2))
      v128.store(to + dt, v128.shuffle<u64>(low01, low23, 1, 3))
      v128.store(to + 2 * dt, v128.shuffle<u64>(high01, high23, 0, 2))
      v128.store(to + 3 * dt, v128.shuffle<u64>(high01, high23, 1, 3))
      from += 4 * ds
      to += 16
    }
  }
  // What is left of either loop.
  for (let i = 0; i < box.other; i++) {
    for (let j = i < wholeOther ? wholeInner : 0; j < box.inner; j++) {
      store<u32>(target + i * dt + ((<usize>j) << 2), load<u32>(source + ((<usize>i) << 2) + j * ds))
    }
  }
}

/** Zeros in the output. */
export function clearUnit(p: Plan, unit: i32): void {
  const begin = <usize>unit * p.unit
  memory.fill(p.output + begin, 0, min<usize>(p.unit, <usize>p.length - begin))
}
