import { crc32, deflateSync } from "node:zlib"
import { encode } from "fast-png"

/** A picture of a bar. Colours have as many parts as there are channels. */
export interface Look {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly depth?: 8 | 16
  readonly paper: readonly number[]
  readonly ink: readonly number[]
}

/** A bar like a 1: from 20 % to 80 % of the height, a tenth of it wide, left of the middle. */
export function barPng({ width, height, channels, depth = 8, paper, ink }: Look): Uint8Array {
  const data =
    depth === 16 ? new Uint16Array(width * height * channels) : new Uint8Array(width * height * channels)
  for (let at = 0; at < width * height; at++) {
    const [x, y] = [at % width, Math.floor(at / width)]
    const inside = y >= 0.2 * height && y < 0.8 * height && x >= 0.3 * width && x < 0.3 * width + 0.1 * height
    data.set(inside ? ink : paper, at * channels)
  }
  return encode({ width, height, data, channels, depth })
}

/** A PNG from a header and raw rows, for kinds that the encoder does not write. */
export function handmadePng(
  header: readonly number[],
  rows: Uint8Array,
  extra: [string, Uint8Array][] = [],
): Uint8Array {
  const chunk = (type: string, content: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), content])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(content.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", Uint8Array.from(header)),
    ...extra.map(([type, content]) => chunk(type, content)),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", new Uint8Array()),
  ])
}
