/** The integer operations once more, on BigInt: another definition than that of the reference. */
import { ElementType, Op, widthOf } from "../../src/protocol/program.ts"
import { webAssemblyOracle } from "./float32-oracle.ts"
import type { OnBits } from "./scalar-cases.ts"

const { Float32, Int64, Uint8, Bool } = ElementType

/** The integer that bits stand for; 0 or 1 for Bool. */
function valueOf(type: ElementType, bits: bigint): bigint {
  if (type === Bool) return bits === 0n ? 0n : 1n
  return type === Uint8 ? bits : BigInt.asIntN(8 * widthOf(type), bits)
}

const clamp = (x: bigint, low: bigint, high: bigint): bigint => (x < low ? low : x > high ? high : x)

const OPERATIONS: Partial<Record<Op, (a: bigint, b: bigint, bits: bigint) => bigint>> = {
  [Op.Add]: (a, b) => a + b,
  [Op.Sub]: (a, b) => a - b,
  [Op.Mul]: (a, b) => a * b,
  [Op.Div]: (a, b) => (b === 0n ? 0n : a / b),
  [Op.Rem]: (a, b) => (b === 0n ? 0n : a - (a / b) * b),
  [Op.Min]: (a, b) => clamp(a, a, b),
  [Op.Max]: (a, b) => clamp(a, b, a),
  [Op.And]: (a, b) => a & b,
  [Op.Xor]: (a, b) => a ^ b,
  [Op.Shr]: (a, b, bits) => {
    // Rounds down, where a division truncates.
    const power = 1n << clamp(b, 0n, bits - 1n)
    return (a - (((a % power) + power) % power)) / power
  },
  [Op.Eq]: (a, b) => (a - b === 0n ? 1n : 0n),
  [Op.Lt]: (a, b) => (a - b < 0n ? 1n : 0n),
}

/** An operation on integers or Bool. */
export function binaryOracle(op: Op, type: ElementType): OnBits {
  const bits = 8 * widthOf(type)
  const apply = OPERATIONS[op]!
  return (a, b) => BigInt.asUintN(bits, apply(valueOf(type, a), valueOf(type, b!), BigInt(bits)))
}

/** A conversion; those from and to Float32 are WebAssembly instructions. */
export function castOracle(from: ElementType, to: ElementType): OnBits {
  const { toInt32, toInt64, fromInt64 } = webAssemblyOracle()
  const store = (x: bigint): bigint => BigInt.asUintN(8 * widthOf(to), x)
  if (to === from) {
    if (to === Float32) return (a) => ((a & 0x7fffffffn) > 0x7f800000n ? 0x7fc00000n : a)
    return (a) => (to === Bool ? valueOf(to, a) : a)
  }
  if (to === Bool) {
    return (a) => ((from === Float32 ? a & 0x7fffffffn : a) === 0n ? 0n : 1n)
  }
  if (from === Float32) {
    return (a) => store(to === Int64 ? toInt64(Number(a)) : BigInt(toInt32(Number(a))))
  }
  if (to === Float32) return (a) => BigInt(fromInt64(valueOf(from, a)))
  return (a) => store(valueOf(from, a))
}
