// What the walk of an access does with a run of elements: widens them into lanes, or accumulates them.
import { accumulate } from "./accumulate"
import { BYTE, LONG, SIGNED_BYTE, UNSIGNED_BYTE, WORD } from "./codes"

/** The run is written as lanes. Modes from 0 on accumulate it: see `accumulate`. */
export const FILL = -1

/** Runs of at least so many bytes are left to the machine's own copy. */
const LONG_COPY: usize = 512

/**
 * Takes a run of `n` elements, `stride` bytes apart, and the lanes at `dst`.
 *
 * @param spare room for n lanes
 */
export function reach(
  mode: i32,
  kind: i32,
  dst: usize,
  from: usize,
  stride: i32,
  n: i32,
  spare: usize,
): void {
  if (mode === FILL) fill(kind, dst, from, stride, n)
  else if ((kind === WORD && stride === 4) || (kind === LONG && stride === 8)) accumulate(mode, dst, from, n)
  else {
    fill(kind, spare, from, stride, n)
    accumulate(mode, dst, spare, n)
  }
}

/** Writes exactly `n` lanes. */
export function fill(kind: i32, dst: usize, from: usize, stride: i32, n: i32): void {
  if (stride === 0 && n > 1) {
    // Widened once, then repeated.
    fill(kind, dst, from, 1, 1)
    if (kind === LONG) repeat64(dst, n)
    else if (kind === BYTE) memory.fill(dst + 1, load<u8>(dst), n - 1)
    else repeat32(dst, n)
  } else if (kind === WORD) {
    if (stride === 4) copy(dst, from, (<usize>n) << 2)
    else words(dst, from, stride, n)
  } else if (kind === LONG) {
    if (stride === 8) copy(dst, from, (<usize>n) << 3)
    else longs(dst, from, stride, n)
  } else if (kind === BYTE) {
    if (stride === 1) copy(dst, from, n)
    else bytes(dst, from, stride, n)
  } else if (stride === 1) widen(kind, dst, from, n)
  else if (kind === SIGNED_BYTE) signed(dst, from, stride, n)
  else if (kind === UNSIGNED_BYTE) unsigned(dst, from, stride, n)
  else truths(dst, from, stride, n)
}

/** Copies exactly `size` bytes. */
export function copy(dst: usize, from: usize, size: usize): void {
  if (size >= LONG_COPY) {
    memory.copy(dst, from, size)
    return
  }
  const end = dst + (size & ~15)
  while (dst < end) {
    v128.store(dst, v128.load(from))
    dst += 16
    from += 16
  }
  if (size & 8) {
    store<u64>(dst, load<u64>(from))
    dst += 8
    from += 8
  }
  if (size & 4) {
    store<u32>(dst, load<u32>(from))
    dst += 4
    from += 4
  }
  for (let i: usize = 0; i < (size & 3); i++) store<u8>(dst + i, load<u8>(from + i))
}

function repeat32(dst: usize, n: i32): void {
  const value = v128.load32_splat(dst)
  const end = dst + ((<usize>n) << 2)
  for (; dst + 16 <= end; dst += 16) v128.store(dst, value)
  for (; dst < end; dst += 4) v128.store_lane<u32>(dst, value, 0)
}

function repeat64(dst: usize, n: i32): void {
  const value = load<u64>(dst)
  for (const end = dst + ((<usize>n) << 3); dst < end; dst += 8) store<u64>(dst, value)
}

function words(dst: usize, from: usize, stride: i32, n: i32): void {
  const end = dst + ((<usize>n) << 2)
  for (; dst + 16 <= end; dst += 16) {
    store<u32>(dst, load<u32>(from))
    store<u32>(dst, load<u32>(from + stride), 4)
    store<u32>(dst, load<u32>(from + 2 * stride), 8)
    store<u32>(dst, load<u32>(from + 3 * stride), 12)
    from += 4 * stride
  }
  for (; dst < end; dst += 4) {
    store<u32>(dst, load<u32>(from))
    from += stride
  }
}

function longs(dst: usize, from: usize, stride: i32, n: i32): void {
  for (const end = dst + ((<usize>n) << 3); dst < end; dst += 8) {
    store<u64>(dst, load<u64>(from))
    from += stride
  }
}

function bytes(dst: usize, from: usize, stride: i32, n: i32): void {
  for (const end = dst + n; dst < end; dst++) {
    store<u8>(dst, load<u8>(from))
    from += stride
  }
}

function signed(dst: usize, from: usize, stride: i32, n: i32): void {
  for (const end = dst + ((<usize>n) << 2); dst < end; dst += 4) {
    store<i32>(dst, load<i8>(from))
    from += stride
  }
}

function unsigned(dst: usize, from: usize, stride: i32, n: i32): void {
  for (const end = dst + ((<usize>n) << 2); dst < end; dst += 4) {
    store<u32>(dst, load<u8>(from))
    from += stride
  }
}

function truths(dst: usize, from: usize, stride: i32, n: i32): void {
  for (const end = dst + ((<usize>n) << 2); dst < end; dst += 4) {
    store<u32>(dst, u32(load<u8>(from) !== 0))
    from += stride
  }
}

/** Neighbouring bytes. */
function widen(kind: i32, dst: usize, from: usize, n: i32): void {
  while (n >= 8) {
    let half: v128
    if (kind === SIGNED_BYTE) half = v128.load_ext<i8>(from)
    else if (kind === UNSIGNED_BYTE) half = v128.load_ext<u8>(from)
    else half = v128.and(i16x8.ne(v128.load_ext<u8>(from), i16x8.splat(0)), i16x8.splat(1))
    v128.store(dst, i32x4.extend_low_i16x8_s(half))
    v128.store(dst, i32x4.extend_high_i16x8_s(half), 16)
    from += 8
    dst += 32
    n -= 8
  }
  if (kind === SIGNED_BYTE) signed(dst, from, 1, n)
  else if (kind === UNSIGNED_BYTE) unsigned(dst, from, 1, n)
  else truths(dst, from, 1, n)
}

/** Writes the low bytes of exactly `n` lanes. */
export function narrow(dst: usize, from: usize, n: i32): void {
  const mask = i32x4.splat(255)
  while (n >= 16) {
    const a = i16x8.narrow_i32x4_u(v128.and(v128.load(from), mask), v128.and(v128.load(from, 16), mask))
    const b = i16x8.narrow_i32x4_u(v128.and(v128.load(from, 32), mask), v128.and(v128.load(from, 48), mask))
    v128.store(dst, i8x16.narrow_i16x8_u(a, b))
    from += 64
    dst += 16
    n -= 16
  }
  for (const end = dst + n; dst < end; dst++) {
    store<u8>(dst, load<u8>(from))
    from += 4
  }
}

/** The value `pattern` (of 4 or 8 bytes) in at least `n` lanes. */
export function pad(dst: usize, pattern: u64, laneBytes: usize, n: i32): void {
  const value = laneBytes === 8 ? i64x2.splat(pattern) : i32x4.splat(<i32>pattern)
  for (const end = dst + <usize>n * laneBytes; dst < end; dst += 16) v128.store(dst, value)
}
