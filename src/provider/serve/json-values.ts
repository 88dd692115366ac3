import { OnusError } from "../../protocol/errors.ts"
import { ElementType } from "../../protocol/program.ts"
import { type Values, bytesOf } from "../../engine/executor.ts"
import type { Port } from "../../engine/program/program.ts"
import { quoted } from "./refuse.ts"

/** Numbers that JSON has no other way to write. */
const WORDS: ReadonlyMap<unknown, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
])

const BOUNDS: Partial<Record<ElementType, readonly [number, number]>> = {
  [ElementType.Int8]: [-0x80, 0x7f],
  [ElementType.Uint8]: [0, 0xff],
  [ElementType.Int32]: [-0x80000000, 0x7fffffff],
}

/**
 * The bytes of a tensor whose values are given as JSON, nested like its shape or flat. The values are counted while they are
 * read: no more memory is taken than the tensor has.
 *
 * @throws OnusError `InputShapeMismatch`, `InputValueInvalid`.
 */
export function bytesOfJson(port: Port, data: unknown): Uint8Array {
  const values = emptyValues(port)
  const write = writerOf(port, values)
  let count = 0
  const isNested = Array.isArray(data) && Array.isArray(data[0])
  const read = (value: unknown, depth: number): void => {
    if (!Array.isArray(value)) {
      if (count === values.length || (isNested && depth !== port.shape.length)) throw misshapen(port)
      write(count++, value)
      return
    }
    const wanted = isNested ? port.shape[depth] : depth === 0 ? values.length : undefined
    if (value.length !== wanted) throw misshapen(port)
    for (const each of value) read(each, depth + 1)
  }
  read(data, 0)
  if (count !== values.length) throw misshapen(port)
  return bytesOf(values)
}

function emptyValues({ tensor: { type, length } }: Port): Values {
  if (type === ElementType.Float32) return new Float32Array(length)
  if (type === ElementType.Int8) return new Int8Array(length)
  if (type === ElementType.Int32) return new Int32Array(length)
  return type === ElementType.Int64 ? new BigInt64Array(length) : new Uint8Array(length)
}

function writerOf({ name, tensor: { type } }: Port, values: Values): (at: number, value: unknown) => void {
  const invalid = (value: unknown) =>
    new OnusError(
      "InputValueInvalid",
      `The input ${quoted(name)} holds ${quoted(plain(value))}, which is not of its type`,
      {
        hint: "INT64 beyond 2^53 as strings of digits; NaN and infinities as strings; or use binary data",
      },
    )
  if (values instanceof BigInt64Array) {
    return (at, value) => {
      const integer = integerOf(value)
      if (integer === undefined || BigInt.asIntN(64, integer) !== integer) throw invalid(value)
      values[at] = integer
    }
  }
  if (values instanceof Float32Array) {
    return (at, value) => {
      const number = typeof value === "number" ? value : WORDS.get(value)
      // A finite number must not become an infinite one without a word.
      if (number === undefined || (typeof value === "number" && !Number.isFinite(Math.fround(number))))
        throw invalid(value)
      values[at] = number
    }
  }
  if (type === ElementType.Bool) {
    return (at, value) => {
      if (typeof value !== "boolean" && value !== 0 && value !== 1) throw invalid(value)
      values[at] = Number(value)
    }
  }
  const [lowest, highest] = BOUNDS[type]!
  return (at, value) => {
    if (!Number.isInteger(value) || Number(value) < lowest || Number(value) > highest) throw invalid(value)
    values[at] = value as number
  }
}

function integerOf(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value
  if (Number.isSafeInteger(value)) return BigInt(value as number)
  return typeof value === "string" && /^-?\d{1,19}$/.test(value) ? BigInt(value) : undefined
}

const plain = (value: unknown): unknown => (typeof value === "bigint" ? String(value) : value)

function misshapen({ name, shape, tensor }: Port): OnusError {
  const message = `The data of input ${quoted(name)} are not the ${tensor.length} values of shape [${shape}]`
  return new OnusError("InputShapeMismatch", message, {
    hint: "Nest the data like the shape, or give them flat",
  })
}

/** JSON values of a tensor, in row-major order; every number as long as it takes to be read as the same. */
export function jsonOfValues(values: Values, isBool: boolean): string {
  if (values instanceof Float32Array) return `[${Array.from(values, floatText).join()}]`
  if (isBool) return `[${Array.from(values as Uint8Array, (byte) => (byte === 0 ? "false" : "true")).join()}]`
  return `[${values.join()}]`
}

function floatText(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`
  return Object.is(value, -0) ? "-0.0" : String(value)
}
