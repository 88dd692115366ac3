// SHA-256 (FIPS 180-4) of four messages at once, one in each lane, for the leaves and nodes of tensor trees.

const CHUNK: usize = 1024
/** Bytes in front of the data of a leaf: what it is, and their length. */
const PREFIX: usize = 14

/** The first 32 bits of the fractions of the cube roots of the first 64 primes. */
const ROUND = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
])
/** The first 32 bits of the fractions of the square roots of the first 8 primes. */
const INITIAL = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
])
/** 64 words of schedule, 8 words of state, four lanes each. */
const W = memory.data(64 * 16, 16)
const STATE = memory.data(8 * 16, 16)
/** The first 16 bytes of four leaves. */
const HEADS = memory.data(4 * 16, 16)

function rotated(x: v128, by: i32): v128 {
  return v128.or(i32x4.shr_u(x, by), i32x4.shl(x, 32 - by))
}

function xor3(a: v128, b: v128, c: v128): v128 {
  return v128.xor(v128.xor(a, b), c)
}

function start(): void {
  for (let i: usize = 0; i < 8; i++) v128.store(STATE + (i << 4), v128.load32_splat(INITIAL + (i << 2)))
}

/** Puts words `4 * quarter` on of a block into the schedule: the bytes of every lane, big-endian. */
function put(quarter: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = i32x4.shuffle(a, b, 0, 4, 1, 5)
  const cd = i32x4.shuffle(c, d, 0, 4, 1, 5)
  const ba = i32x4.shuffle(a, b, 2, 6, 3, 7)
  const dc = i32x4.shuffle(c, d, 2, 6, 3, 7)
  const at = W + (quarter << 6)
  v128.store(at, swapped(i64x2.shuffle(ab, cd, 0, 2)))
  v128.store(at, swapped(i64x2.shuffle(ab, cd, 1, 3)), 16)
  v128.store(at, swapped(i64x2.shuffle(ba, dc, 0, 2)), 32)
  v128.store(at, swapped(i64x2.shuffle(ba, dc, 1, 3)), 48)
}

function swapped(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)
}

/** Puts a block of four messages that lie `stride` apart into the schedule. */
function putBlock(at: usize, stride: usize): void {
  for (let quarter: usize = 0; quarter < 4; quarter++) {
    put(
      quarter,
      v128.load(at),
      v128.load(at + stride),
      v128.load(at + 2 * stride),
      v128.load(at + 3 * stride),
    )
    at += 16
  }
}

/**
 * What a round adds to d, and with `t2` to h. The registers do not move: calls name them in turns.
 *
 * @param at four times the number of the round
 */
function t1(e: v128, f: v128, g: v128, h: v128, at: usize): v128 {
  const choice = v128.xor(g, v128.and(e, v128.xor(f, g)))
  const sum = xor3(rotated(e, 6), rotated(e, 11), rotated(e, 25))
  const k = i32x4.add(v128.load(W + (at << 2)), v128.load32_splat(ROUND + at))
  return i32x4.add(i32x4.add(h, k), i32x4.add(sum, choice))
}

function t2(a: v128, b: v128, c: v128): v128 {
  const majority = v128.xor(v128.and(a, v128.xor(b, c)), v128.and(b, c))
  return i32x4.add(xor3(rotated(a, 2), rotated(a, 13), rotated(a, 22)), majority)
}

/** Takes the block in the schedule into the state. */
function compress(): void {
  for (let at = W + 256, end = W + 1024; at < end; at += 16) {
    const x = v128.load(at - 240)
    const y = v128.load(at - 32)
    const s0 = xor3(rotated(x, 7), rotated(x, 18), i32x4.shr_u(x, 3))
    const s1 = xor3(rotated(y, 17), rotated(y, 19), i32x4.shr_u(y, 10))
    v128.store(at, i32x4.add(i32x4.add(v128.load(at - 256), s0), i32x4.add(v128.load(at - 112), s1)))
  }
  let a = v128.load(STATE)
  let b = v128.load(STATE, 16)
  let c = v128.load(STATE, 32)
  let d = v128.load(STATE, 48)
  let e = v128.load(STATE, 64)
  let f = v128.load(STATE, 80)
  let g = v128.load(STATE, 96)
  let h = v128.load(STATE, 112)
  for (let at: usize = 0; at < 256; at += 32) {
    let t = t1(e, f, g, h, at)
    d = i32x4.add(d, t)
    h = i32x4.add(t, t2(a, b, c))
    t = t1(d, e, f, g, at + 4)
    c = i32x4.add(c, t)
    g = i32x4.add(t, t2(h, a, b))
    t = t1(c, d, e, f, at + 8)
    b = i32x4.add(b, t)
    f = i32x4.add(t, t2(g, h, a))
    t = t1(b, c, d, e, at + 12)
    a = i32x4.add(a, t)
    e = i32x4.add(t, t2(f, g, h))
    t = t1(a, b, c, d, at + 16)
    h = i32x4.add(h, t)
    d = i32x4.add(t, t2(e, f, g))
    t = t1(h, a, b, c, at + 20)
    g = i32x4.add(g, t)
    c = i32x4.add(t, t2(d, e, f))
    t = t1(g, h, a, b, at + 24)
    f = i32x4.add(f, t)
    b = i32x4.add(t, t2(c, d, e))
    t = t1(f, g, h, a, at + 28)
    e = i32x4.add(e, t)
    a = i32x4.add(t, t2(b, c, d))
  }
  v128.store(STATE, i32x4.add(v128.load(STATE), a))
  v128.store(STATE, i32x4.add(v128.load(STATE, 16), b), 16)
  v128.store(STATE, i32x4.add(v128.load(STATE, 32), c), 32)
  v128.store(STATE, i32x4.add(v128.load(STATE, 48), d), 48)
  v128.store(STATE, i32x4.add(v128.load(STATE, 64), e), 64)
  v128.store(STATE, i32x4.add(v128.load(STATE, 80), f), 80)
  v128.store(STATE, i32x4.add(v128.load(STATE, 96), g), 96)
  v128.store(STATE, i32x4.add(v128.load(STATE, 112), h), 112)
}

/** Writes the four digests, 32 bytes each. */
function finish(digests: usize): void {
  for (let i: usize = 0; i < 8; i++) {
    const word = swapped(v128.load(STATE + (i << 4)))
    v128.store32_lane(digests + (i << 2), word, 0)
    v128.store32_lane(digests + (i << 2), word, 1, 32)
    v128.store32_lane(digests + (i << 2), word, 2, 64)
    v128.store32_lane(digests + (i << 2), word, 3, 96)
  }
}

/** Ends a block whose first four words are in the schedule, and the message with it. */
function pad(bytes: i32): void {
  for (let at: usize = W + 64; at < W + 240; at += 16) v128.store(at, i32x4.splat(0))
  v128.store(W + 240, i32x4.splat(bytes << 3))
}

/** The first 16 bytes of a leaf. */
function head(lane: usize, data: usize, kind: i32, tensor: i32, chunk: i32): v128 {
  const at = HEADS + (lane << 4)
  store<u8>(at, <u8>kind, 1)
  store<u32>(at, bswap<u32>(tensor), 2)
  store<u32>(at, bswap<u32>(chunk), 6)
  store<u32>(at, bswap<u32>(<u32>CHUNK), 10)
  store<u16>(at, load<u16>(data), 14)
  return v128.load(at)
}

/** The last 14 bytes of a chunk and 0x80, which is -128. */
function tail(data: usize): v128 {
  return i8x16.replace_lane(i8x16.replace_lane(v128.load(data + CHUNK - PREFIX), 14, -128), 15, 0)
}

/**
 * The digests of leaves with 1,024 bytes each: `sha256(0x00 || kind || tensor || chunk || 1024 || data)`.
 *
 * @param count a multiple of four; chunk numbers count up from `chunk`
 */
export function leaves(data: usize, count: i32, kind: i32, tensor: i32, chunk: i32, digests: usize): void {
  for (const end = chunk + count; chunk < end; chunk += 4) {
    const b = data + CHUNK
    const c = b + CHUNK
    const d = c + CHUNK
    start()
    putBlock(data - PREFIX, CHUNK)
    put(
      0,
      head(0, data, kind, tensor, chunk),
      head(1, b, kind, tensor, chunk + 1),
      head(2, c, kind, tensor, chunk + 2),
      head(3, d, kind, tensor, chunk + 3),
    )
    compress()
    for (let at = data - PREFIX + 64; at < data + CHUNK - PREFIX; at += 64) {
      putBlock(at, CHUNK)
      compress()
    }
    put(0, tail(data), tail(b), tail(c), tail(d))
    pad(<i32>(PREFIX + CHUNK))
    compress()
    finish(digests)
    data += 4 * CHUNK
    digests += 128
  }
}

/** The first 16 bytes of a node. */
function one(pair: usize): v128 {
  return i8x16.replace_lane(v128.load(pair - 1), 0, 1)
}

/** The last byte of a pair and 0x80. */
function last(pair: usize): v128 {
  return i32x4.replace_lane(i32x4.splat(0), 0, 0x8000 | (<i32>load<u8>(pair, 63)))
}

/** The digests of nodes: `sha256(0x01 || left || right)` of `count` pairs, a multiple of four. */
export function nodes(pairs: usize, count: i32, digests: usize): void {
  for (; count > 0; count -= 4) {
    start()
    putBlock(pairs - 1, 64)
    put(0, one(pairs), one(pairs + 64), one(pairs + 128), one(pairs + 192))
    compress()
    put(0, last(pairs), last(pairs + 64), last(pairs + 128), last(pairs + 192))
    pad(65)
    compress()
    finish(digests)
    pairs += 256
    digests += 128
  }
}
