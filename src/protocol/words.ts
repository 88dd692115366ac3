import { getAddress } from "ethers"

/** Bytes of one word, as the ABI encodes most values. */
export const WORD_BYTES = 32

/**
 * Writes words of the ABI, one after the other, from values in their usual form: 0x-prefixed hex and bigints. It says whether it
 * could, so that whoever hashes thousands of values a second has a short way, and unusual or wrong values go the long one.
 */
export class Words {
  readonly bytes: Uint8Array
  #offset = 0

  constructor(count: number) {
    this.bytes = new Uint8Array(count * WORD_BYTES)
  }

  /** An address in one case, or with its checksum. */
  address(value: unknown): boolean {
    return isHex(value, 20) && isAddress(value) && this.#hex(value, 12)
  }

  bytes32(value: unknown): boolean {
    return isHex(value, WORD_BYTES) && this.#hex(value, 0)
  }

  /** @param limit one more than the greatest value. */
  uint(value: unknown, limit: bigint): boolean {
    if (typeof value !== "bigint" || value < 0n || value >= limit) return false
    let rest = value
    for (let at = this.#offset + WORD_BYTES - 4; rest > 0n; at -= 4) {
      const low = Number(rest & 0xffffffffn)
      this.bytes.set([low >>> 24, (low >>> 16) & 0xff, (low >>> 8) & 0xff, low & 0xff], at)
      rest >>= 32n
    }
    this.#offset += WORD_BYTES
    return true
  }

  #hex(value: string, padding: number): true {
    for (let at = this.#offset + padding, i = 2; i < value.length; at++, i += 2)
      this.bytes[at] = (digit(value.charCodeAt(i)) << 4) | digit(value.charCodeAt(i + 1))
    this.#offset += WORD_BYTES
    return true
  }
}

/** Letters differ from each other in the low bits like digits do, whatever their case. */
const digit = (code: number): number => (code & 0xf) + (code >> 6) * 9

const HEX = /^0x[0-9a-fA-F]*$/
const isHex = (value: unknown, bytes: number): value is string =>
  typeof value === "string" && value.length === 2 + 2 * bytes && HEX.test(value)

/** Addresses whose checksum was found right: a node meets the same ones again and again, and a checksum is a hash. */
const known = new Set<string>()
const KNOWN_LIMIT = 4096

function isAddress(value: string): boolean {
  if (known.has(value)) return true
  try {
    getAddress(value)
  } catch {
    return false
  }
  if (known.size >= KNOWN_LIMIT) known.clear()
  known.add(value)
  return true
}
