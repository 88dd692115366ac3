import { inflateSync } from "node:zlib"
import { decode, type DecodedPng } from "fast-png"
import { malformed, tooLarge } from "./errors.ts"
import { inflatedBytes, readHeader } from "./png-header.ts"

/** Bytes of a file that is read. */
export const MAX_FILE_BYTES = 32 * 2 ** 20

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** The chunks that pixels depend on. Others are dropped unread: a colour profile can be a bomb too. */
const NEEDED = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]

interface Chunk {
  readonly type: string
  readonly content: Uint8Array
  /** With length, type and checksum. */
  readonly whole: Uint8Array
}

/**
 * Decodes a PNG from a stranger. Sizes are checked first, and the pixel data is inflated once under a limit,
 * because the decoder behind this has none: a small file can hold gigabytes.
 */
export function decodePng(bytes: Uint8Array): DecodedPng {
  if (bytes.length > MAX_FILE_BYTES) {
    throw tooLarge(`The picture's file has ${bytes.length} bytes, allowed are ${MAX_FILE_BYTES}`)
  }
  const chunks = readChunks(bytes).filter((chunk) => NEEDED.includes(chunk.type))
  if (chunks[0]?.type !== "IHDR") throw malformed("The PNG does not begin with its header")
  if (chunks.filter((chunk) => chunk.type === "IHDR").length > 1) throw malformed("The PNG has two headers")
  requireInflated(chunks, inflatedBytes(readHeader(chunks[0].content)))
  try {
    return decode(Buffer.concat([bytes.subarray(0, 8), ...chunks.map((chunk) => chunk.whole)]), {
      checkCrc: true,
    })
  } catch (error) {
    throw malformed("The PNG cannot be decoded", error)
  }
}

function readChunks(bytes: Uint8Array): Chunk[] {
  if (SIGNATURE.some((byte, at) => bytes[at] !== byte)) throw malformed("The picture is not a PNG file")
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const chunks: Chunk[] = []
  let at = SIGNATURE.length
  while (chunks.at(-1)?.type !== "IEND") {
    const length = at + 12 <= bytes.length ? view.getUint32(at) : Infinity
    if (at + 12 + length > bytes.length) throw malformed("The PNG is cut off")
    chunks.push({
      type: String.fromCharCode(...bytes.subarray(at + 4, at + 8)),
      content: bytes.subarray(at + 8, at + 8 + length),
      whole: bytes.subarray(at, at + 12 + length),
    })
    at += 12 + length
  }
  return chunks
}

function requireInflated(chunks: readonly Chunk[], expected: number): void {
  const packed = chunks.filter((chunk) => chunk.type === "IDAT").map((chunk) => chunk.content)
  let length: number
  try {
    length = inflateSync(Buffer.concat(packed), { maxOutputLength: expected }).length
  } catch (error) {
    throw malformed("The pixel data of the PNG is damaged or too long", error)
  }
  if (length !== expected) throw malformed(`The PNG has ${length} bytes of pixel data instead of ${expected}`)
}
