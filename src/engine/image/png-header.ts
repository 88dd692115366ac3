import { malformed, tooLarge, unsupported } from "./errors.ts"

/** Longest side, in pixels, of a picture that is read: more than phones take. */
export const MAX_SIDE = 8192
/** Most pixels of a picture that is read. */
export const MAX_PIXELS = 2 ** 24

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** The seven passes of an interlaced picture: first column and row, then the distance to the next. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

/** What the first chunk of a PNG says. */
export interface PngHeader {
  readonly width: number
  readonly height: number
  /** Bits per channel. */
  readonly depth: number
  readonly channels: number
  readonly interlaced: boolean
}

/** Reads the 13 bytes of an IHDR chunk and checks them against the limits. */
export function readHeader(chunk: Uint8Array): PngHeader {
  if (chunk.length !== 13) throw malformed(`The PNG header has ${chunk.length} bytes instead of 13`)
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length)
  const header = {
    width: view.getUint32(0),
    height: view.getUint32(4),
    depth: view.getUint8(8),
    channels: CHANNELS[view.getUint8(9)] ?? 0,
    interlaced: view.getUint8(12) === 1,
  }
  const { width, height, depth, channels } = header
  if (width === 0 || height === 0) throw malformed(`The picture is ${width} by ${height} pixels`)
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
    throw tooLarge(
      `The picture is ${width} by ${height} pixels, allowed are ${MAX_SIDE} a side and ${MAX_PIXELS} in all`,
    )
  }
  if (channels === 0 || ![1, 2, 4, 8, 16].includes(depth) || (channels > 1 && depth < 8)) {
    throw malformed(`The PNG header has colour type ${view.getUint8(9)} with ${depth} bits`)
  }
  if (header.interlaced && depth < 8) throw unsupported(`The picture is interlaced with ${depth} bits`)
  return header
}

/** Bytes of pixel data once inflated: each row is led by a byte that names its filter. */
export function inflatedBytes(header: PngHeader): number {
  const rows = (width: number, height: number) =>
    width > 0 && height > 0 ? height * (1 + Math.ceil((width * header.channels * header.depth) / 8)) : 0
  if (!header.interlaced) return rows(header.width, header.height)
  return ADAM7.reduce(
    (total, [x, y, dx, dy]) =>
      total + rows(Math.ceil((header.width - x) / dx), Math.ceil((header.height - y) / dy)),
    0,
  )
}
