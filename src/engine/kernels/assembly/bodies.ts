// What an element starts from: the lanes of register 0 for a block of elements.
import { LANES_FLOAT, LANES_WORD } from "./codes"
import { FILL, copy, pad } from "./lanes"
import { Plan, sourceOf } from "./plan"
import { seek } from "./cursor"
import { Source } from "./source"
import { lastStep, setStep, walk } from "./walk"
import { laneBytesOf, view } from "./view"

/** The first candidate that is not padding. Later candidates are written first, and overwritten. */
export function read(p: Plan, scratch: usize, element: i32, n: i32): usize {
  const slot = scratch + p.first
  if (p.mode === 1) {
    const only = sourceOf(p, 0)
    seek(only, scratch, element)
    return view(only, scratch, 0, n, slot)
  }
  const laneBytes = laneBytesOf(sourceOf(p, 0))
  pad(slot, 0, laneBytes, n)
  for (let i = p.mode - 1; i >= 0; i--) {
    const source = sourceOf(p, i)
    seek(source, scratch, element)
    walk(source, scratch, 0, n, FILL, slot, laneBytes, 0)
  }
  setStep(16)
  return slot
}

/** Sets all reduction indices to 0. */
function rewind(p: Plan, scratch: usize): void {
  for (let i = 0; i < p.reductions; i++) store<i32>(scratch + p.indices + ((<usize>i) << 2), 0)
}

/** The next reduction indices, last one fastest. */
function next(p: Plan, scratch: usize): void {
  for (let i = p.reductions - 1; i >= 0; i--) {
    const at = scratch + p.indices + ((<usize>i) << 2)
    const index = load<i32>(at) + 1
    if (index < load<i32>(p.sizes + ((<usize>i) << 2))) {
      store<i32>(at, index)
      return
    }
    store<i32>(at, 0)
  }
}

/** Terms are skipped on padding. */
export function fold(p: Plan, scratch: usize, element: i32, n: i32): usize {
  const slot = scratch + p.first
  const source = sourceOf(p, 0)
  const laneBytes = laneBytesOf(source)
  pad(slot, p.start, laneBytes, n)
  seek(source, scratch, element)
  rewind(p, scratch)
  for (let term = 0; term < p.terms; term++) {
    walk(source, scratch, scratch + p.indices, n, p.mode, slot, laneBytes, scratch + p.spare)
    next(p, scratch)
  }
  setStep(16)
  return slot
}

/** Sums of products for any layout. */
export function dot(p: Plan, scratch: usize, element: i32, n: i32): usize {
  const slot = scratch + p.first
  const a = sourceOf(p, 0)
  const b = sourceOf(p, 1)
  const indices = scratch + p.indices
  pad(slot, 0, p.mode === LANES_FLOAT || p.mode === LANES_WORD ? 4 : 8, n)
  seek(a, scratch, element)
  seek(b, scratch, element)
  rewind(p, scratch)
  for (let term = 0; term < p.terms; term++) {
    const x = view(a, scratch, indices, n, scratch + p.spare)
    const stepX = lastStep()
    const y = view(b, scratch, indices, n, scratch + p.other)
    const stepY = lastStep()
    if (p.mode === LANES_FLOAT) addProductsF32(slot, x, stepX, y, stepY, n)
    else if (p.mode === LANES_WORD) addProductsI32(slot, x, stepX, y, stepY, n)
    else addProductsI64(slot, x, stepX, y, stepY, n)
    next(p, scratch)
  }
  setStep(16)
  return slot
}

function addProductsF32(acc: usize, x: usize, stepX: usize, y: usize, stepY: usize, n: i32): void {
  for (const end = acc + ((<usize>n) << 2); acc < end; acc += 16) {
    v128.store(acc, f32x4.add(v128.load(acc), f32x4.mul(v128.load(x), v128.load(y))))
    x += stepX
    y += stepY
  }
}

function addProductsI32(acc: usize, x: usize, stepX: usize, y: usize, stepY: usize, n: i32): void {
  for (const end = acc + ((<usize>n) << 2); acc < end; acc += 16) {
    v128.store(acc, i32x4.add(v128.load(acc), i32x4.mul(v128.load(x), v128.load(y))))
    x += stepX
    y += stepY
  }
}

function addProductsI64(acc: usize, x: usize, stepX: usize, y: usize, stepY: usize, n: i32): void {
  for (const end = acc + ((<usize>n) << 3); acc < end; acc += 8) {
    store<i64>(acc, load<i64>(acc) + load<i64>(x) * load<i64>(y))
    x += stepX >> 1
    y += stepY >> 1
  }
}

/**
 * Sums of (a - za)(b - zb) of 8-bit operands; the zero points are loaded once, behind the spare lanes.
 *
 * Padding takes the value of the zero point, so that its terms are 0.
 */
export function dotBytes(p: Plan, scratch: usize, element: i32, n: i32): usize {
  const slot = scratch + p.first
  const indices = scratch + p.indices
  const lanes = (<usize>p.block) << 2
  const x = scratch + p.spare
  const y = scratch + p.other
  const a = sourceOf(p, 0)
  const b = sourceOf(p, 1)
  const za = zeroPoints(sourceOf(p, 2), scratch, element, n, x + lanes)
  const zb = zeroPoints(sourceOf(p, 3), scratch, element, n, y + lanes)
  pad(slot, 0, 4, n)
  seek(a, scratch, element)
  seek(b, scratch, element)
  rewind(p, scratch)
  for (let term = 0; term < p.terms; term++) {
    centred(a, scratch, indices, n, x, za)
    centred(b, scratch, indices, n, y, zb)
    addProductsI32(slot, x, 16, y, 16, n)
    next(p, scratch)
  }
  setStep(16)
  return slot
}

function zeroPoints(s: Source, scratch: usize, element: i32, n: i32, slot: usize): usize {
  seek(s, scratch, element)
  pad(slot, 0, 4, n)
  walk(s, scratch, 0, n, FILL, slot, 4, 0)
  return slot
}

/** Lanes minus their zero points, 0 on padding. */
function centred(s: Source, scratch: usize, indices: usize, n: i32, slot: usize, zeros: usize): void {
  if ((s.guards | s.lookups) !== 0) copy(slot, zeros, ((<usize>n + 3) >> 2) << 4)
  walk(s, scratch, indices, n, FILL, slot, 4, 0)
  for (const end = slot + ((<usize>n) << 2); slot < end; slot += 16) {
    v128.store(slot, i32x4.sub(v128.load(slot), v128.load(zeros)))
    zeros += 16
  }
}

/** Bytes as they are, straight to the output. */
export function move(p: Plan, scratch: usize, element: i32, n: i32): void {
  const width: usize = p.store
  const target = p.output + <usize>element * width
  if (p.terms !== 0) memory.fill(target, 0, <usize>n * width)
  for (let i = p.mode - 1; i >= 0; i--) {
    const source = sourceOf(p, i)
    seek(source, scratch, element)
    walk(source, scratch, 0, n, FILL, target, width, 0)
  }
}
