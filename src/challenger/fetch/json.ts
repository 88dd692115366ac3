import type { z } from "zod"
import { invalid } from "./errors.ts"

/** Arrays and objects inside each other: more than anything that is read here has, and far less than a stack holds. */
const DEEPEST = 32
/** Values in all: small ones take many times the memory of their text. */
const MOST_VALUES = 250_000

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b])
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d])

/**
 * Reads JSON of a stranger.
 *
 * @param what it is, for the error.
 * @throws OnusError `ContentInvalid` that tells nothing of the content.
 */
export function readJson<T>(bytes: Uint8Array, schema: z.ZodType<T>, what: string): T {
  const parsed = schema.safeParse(parse(bytes, what))
  if (parsed.success) return parsed.data
  const [{ path }] = parsed.error.issues
  throw invalid(`${what} is not as it must be${path.length > 0 ? `: look at ${path.join(".")}` : ""}`)
}

/** Text that is no harm to `JSON.parse`: neither deep nor of very many values. @throws OnusError `ContentInvalid`. */
export function textOf(bytes: Uint8Array, what: string): string {
  requireFlat(bytes, what)
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    throw invalid(`${what} is not text in UTF-8`)
  }
}

function parse(bytes: Uint8Array, what: string): unknown {
  const text = textOf(bytes, what)
  try {
    return JSON.parse(text)
  } catch {
    throw invalid(`${what} is not JSON`)
  }
}

/** Looks at the shape alone, before anything is made of it. */
function requireFlat(bytes: Uint8Array, what: string): void {
  let [depth, values] = [0, 0]
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) at = endOfString(bytes, at)
    else if (CLOSING.has(byte)) depth--
    else if (OPENING.has(byte) || byte === COMMA) {
      if (byte !== COMMA && ++depth > DEEPEST) throw invalid(`${what} is nested too deeply`)
      if (++values > MOST_VALUES) throw invalid(`${what} has more than ${MOST_VALUES} values`)
    }
  }
}

/** Where a string ends that begins at `start`. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let end = start; ;) {
    end = bytes.indexOf(QUOTE, end + 1)
    if (end === -1) return bytes.length
    let slashes = 0
    while (bytes[end - 1 - slashes] === BACKSLASH) slashes++
    if (slashes % 2 === 0) return end
  }
}
