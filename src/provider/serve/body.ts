import { malformed } from "./refuse.ts"

/** A JSON object of a stranger: keys are looked up by {@link field} only, as `__proto__` may be one. */
export type Json = Readonly<Record<string, unknown>>

/** The JSON part of a request, and the raw tensors behind it. */
export interface Body {
  readonly json: Json
  readonly binary: Uint8Array
}

/** Integers of so many digits may be beyond what a JSON number is read as. */
const LONG_INTEGER = /\d{16}/

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown

/** `JSON.parse` tells revivers how a number was written, which its type does not know yet. */
const parseWith = JSON.parse as (text: string, reviver: Reviver) => unknown

/**
 * Splits a request body.
 *
 * @param headerLength of `Inference-Header-Content-Length`: bytes of JSON before the raw tensors.
 * @param hasLong whether integers must be read exactly: they become bigints where numbers would not do.
 * @throws OnusError `RequestMalformed`.
 */
export function splitBody(bytes: Uint8Array, headerLength: string | undefined, hasLong: boolean): Body {
  const end = headerLength === undefined ? bytes.length : lengthFrom(headerLength, bytes.length)
  return { json: parseObject(bytes.subarray(0, end), hasLong), binary: bytes.subarray(end) }
}

function lengthFrom(text: string, available: number): number {
  const length = /^\d{1,12}$/.test(text) ? Number(text) : -1
  if (length >= 0 && length <= available) return length
  throw malformed(`Inference-Header-Content-Length is no length of JSON within its ${available} bytes`)
}

function parseObject(bytes: Uint8Array, hasLong: boolean): Json {
  let json: unknown
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    json = hasLong && LONG_INTEGER.test(text) ? parseWith(text, exactly) : JSON.parse(text)
  } catch {
    throw malformed("its body is not JSON")
  }
  if (isObject(json)) return json
  throw malformed("its body is not a JSON object")
}

const exactly: Reviver = (_key, value, { source }) =>
  typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d{1,20}$/.test(source ?? "")
    ? BigInt(source!)
    : value

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** An own property, or undefined. Some clients write null where they have nothing to say. */
export const field = (object: Json, name: string): unknown =>
  Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined

/** An object that may be left out. @throws OnusError `RequestMalformed`. */
export function objectField(object: Json, name: string): Json {
  const value = field(object, name) ?? {}
  if (isObject(value)) return value
  throw malformed(`"${name}" is not an object`)
}

/** An array of objects that may be left out. @throws OnusError `RequestMalformed`. */
export function objectsField(object: Json, name: string): readonly Json[] | undefined {
  const value = field(object, name)
  if (value === undefined) return undefined
  if (Array.isArray(value) && value.every(isObject)) return value
  throw malformed(`"${name}" is not an array of objects`)
}
