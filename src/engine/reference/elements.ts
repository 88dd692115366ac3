import { OnusError } from "../../protocol/errors.ts"
import { ElementType, widthOf } from "../../protocol/program.ts"
import { toBits } from "./scalar.ts"

/** A scalar while it is computed with: a bigint for Int64, 0 or 1 for Bool, a number for everything else. */
export type Scalar = number | bigint

if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
  throw new OnusError("HostUnsupported", "This computer stores numbers most significant byte first")
}

const VALUES = {
  [ElementType.Float32]: Float32Array,
  [ElementType.Int8]: Int8Array,
  [ElementType.Uint8]: Uint8Array,
  [ElementType.Int32]: Int32Array,
  [ElementType.Int64]: BigInt64Array,
  [ElementType.Bool]: Uint8Array,
} as const

type Values = InstanceType<(typeof VALUES)[ElementType]>

/** Elements as unsigned integers of their width: their bytes, the first one lowest. */
export type Patterns = Uint8Array | Uint32Array | BigUint64Array

/** Where the elements are: typed arrays begin at multiples of their width, so bytes elsewhere are copied. */
function placeOf(type: ElementType, bytes: Uint8Array): readonly [ArrayBuffer, number, number] {
  const whole = bytes.byteOffset % widthOf(type) === 0 ? bytes : bytes.slice()
  return [whole.buffer as ArrayBuffer, whole.byteOffset, Math.floor(whole.length / widthOf(type))]
}

/** The numbers that elements are; a Bool is any byte. */
export function valuesOver(type: ElementType, bytes: Uint8Array): Values {
  return new VALUES[type](...placeOf(type, bytes))
}

export function patternsOver(type: ElementType, bytes: Uint8Array): Patterns {
  const place = placeOf(type, bytes)
  if (widthOf(type) === 1) return new Uint8Array(...place)
  return widthOf(type) === 4 ? new Uint32Array(...place) : new BigUint64Array(...place)
}

/** The bytes of an element as an integer, the first one lowest. */
export function bitsOf(type: ElementType, value: Scalar): bigint {
  return BigInt.asUintN(8 * widthOf(type), BigInt(patternOf(type, value)))
}

/** What is stored for a scalar; {@link Patterns} keep as many low bits of it as they have. */
export function patternOf(type: ElementType, value: Scalar): Scalar {
  return type === ElementType.Float32 ? toBits(value as number) : value
}

/** The scalar of an element given by its bits, of which those beyond its width do not count. */
export function scalarOf(type: ElementType, bits: bigint): Scalar {
  const bytes = new Uint8Array(BigUint64Array.of(bits).buffer)
  const [value] = valuesOver(type, bytes.subarray(0, widthOf(type)))
  return type === ElementType.Bool ? Number(value !== 0) : value
}

/** The zero of a type. */
export const zeroOf = (type: ElementType): Scalar => (type === ElementType.Int64 ? 0n : 0)

/** A step that is none: its descriptor contradicts itself. */
export function invalid(why: string): OnusError {
  return new OnusError("ProgramInvalid", `A step of the program is none: ${why}`)
}
