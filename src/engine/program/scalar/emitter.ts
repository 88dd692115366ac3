import { ElementType, type Instruction, Op } from "../../../protocol/program.ts"
import { Recorder, type Register } from "./recorder.ts"

export type { Register } from "./recorder.ts"

/**
 * Emits the base operations of docs/semantics.md 2 and what follows from them in a few instructions. The
 * type of an operation is that of its operands.
 */
export class Emitter extends Recorder {
  /** An emitter that goes on after the given instructions. */
  static resume(first: ElementType, instructions: readonly Instruction[]): Emitter {
    const e = new Emitter(first)
    e.append(0, instructions, (operand, type) => e.load(operand, type))
    return e
  }

  add(a: Register, b: Register): Register {
    return this.#binary(Op.Add, a, b)
  }

  sub(a: Register, b: Register): Register {
    return this.#binary(Op.Sub, a, b)
  }

  mul(a: Register, b: Register): Register {
    return this.#binary(Op.Mul, a, b)
  }

  div(a: Register, b: Register): Register {
    return this.#binary(Op.Div, a, b)
  }

  /** The remainder of the truncating division: it has the sign of a. */
  rem(a: Register, b: Register): Register {
    return this.#binary(Op.Rem, a, b)
  }

  min(a: Register, b: Register): Register {
    return this.#binary(Op.Min, a, b)
  }

  max(a: Register, b: Register): Register {
    return this.#binary(Op.Max, a, b)
  }

  and(a: Register, b: Register): Register {
    return this.#binary(Op.And, a, b)
  }

  xor(a: Register, b: Register): Register {
    return this.#binary(Op.Xor, a, b)
  }

  shr(a: Register, b: Register): Register {
    return this.#binary(Op.Shr, a, b)
  }

  eq(a: Register, b: Register): Register {
    return this.#binary(Op.Eq, a, b)
  }

  lt(a: Register, b: Register): Register {
    return this.#binary(Op.Lt, a, b)
  }

  round(a: Register): Register {
    return this.emit(Op.Round, ElementType.Float32, a)
  }

  sqrt(a: Register): Register {
    return this.emit(Op.Sqrt, ElementType.Float32, a)
  }

  exp(a: Register): Register {
    return this.emit(Op.Exp, ElementType.Float32, a)
  }

  /** The bit pattern of a float32 as an int32. */
  bits(a: Register): Register {
    return this.emit(Op.Bits, ElementType.Int32, a)
  }

  fromBits(a: Register): Register {
    return this.emit(Op.FromBits, ElementType.Float32, a)
  }

  /** `condition ? a : b`. */
  select(condition: Register, a: Register, b: Register): Register {
    return this.emit(Op.Select, this.typeOf(a), condition, a, b)
  }

  cast(a: Register, type: ElementType): Register {
    return this.typeOf(a) === type ? a : this.emit(Op.Cast, type, a)
  }

  /** -x; of integers modulo their width. */
  neg(x: Register): Register {
    return this.isFloat(x) ? this.mul(x, this.float(-1)) : this.sub(this.#number(x, 0), x)
  }

  /** The magnitude; the smallest integer of a type is its own. */
  abs(x: Register): Register {
    return this.typeOf(x) === ElementType.Uint8 ? x : this.max(x, this.neg(x))
  }

  /** 1, -1 or, for zeros and NaN, x itself. */
  sign(x: Register): Register {
    const zero = this.#number(x, 0)
    const low = this.select(this.lt(x, zero), this.#number(x, -1), x)
    return this.select(this.lt(zero, x), this.#number(x, 1), low)
  }

  /** The largest integer that is not above x. */
  floor(x: Register): Register {
    if (!this.isFloat(x)) return x
    const nearest = this.round(x)
    return this.select(this.lt(x, nearest), this.sub(nearest, this.float(1)), nearest)
  }

  /** The smallest integer that is not below x. */
  ceil(x: Register): Register {
    return this.isFloat(x) ? this.neg(this.floor(this.neg(x))) : x
  }

  /** The integer part of x. */
  trunc(x: Register): Register {
    return this.isFloat(x) ? this.select(this.lt(x, this.float(0)), this.ceil(x), this.floor(x)) : x
  }

  /** a <= b. */
  le(a: Register, b: Register): Register {
    return this.max(this.lt(a, b), this.eq(a, b))
  }

  /** a > b. */
  gt(a: Register, b: Register): Register {
    return this.lt(b, a)
  }

  /** a >= b. */
  ge(a: Register, b: Register): Register {
    return this.le(b, a)
  }

  /** a != b, which is true if either is NaN. */
  ne(a: Register, b: Register): Register {
    return this.not(this.eq(a, b))
  }

  /** The opposite truth; of integers every bit. */
  not(a: Register): Register {
    const isBool = this.typeOf(a) === ElementType.Bool
    return this.xor(a, isBool ? this.bool(true) : this.#number(a, -1))
  }

  /** The disjunction of truths; of integers bit by bit. */
  or(a: Register, b: Register): Register {
    const isBool = this.typeOf(a) === ElementType.Bool
    return isBool ? this.max(a, b) : this.xor(this.xor(a, b), this.and(a, b))
  }

  /** The remainder of the division that rounds down: it has the sign of b. Integers modulo 0 are 0. */
  mod(a: Register, b: Register): Register {
    const remainder = this.rem(a, b)
    if (this.typeOf(a) === ElementType.Uint8) return remainder
    const zero = this.#number(a, 0)
    const differ = this.xor(this.lt(remainder, zero), this.lt(b, zero))
    const off = this.and(differ, this.ne(remainder, zero))
    return this.select(off, this.add(remainder, b), remainder)
  }

  /** At least `low` and at most `high`; `high` if they contradict each other. */
  clamp(x: Register, low: Register, high: Register): Register {
    return this.min(this.max(x, low), high)
  }

  square(x: Register): Register {
    return this.mul(x, x)
  }

  /** 1/x. */
  reciprocal(x: Register): Register {
    return this.div(this.#number(x, 1), x)
  }

  isNaN(x: Register): Register {
    return this.ne(x, x)
  }

  isInf(x: Register, positive = true, negative = true): Register {
    if (positive && negative) return this.eq(this.abs(x), this.float(Infinity))
    if (!positive && !negative) return this.bool(false)
    return this.eq(x, this.float(positive ? Infinity : -Infinity))
  }

  isFloat(x: Register): boolean {
    return this.typeOf(x) === ElementType.Float32
  }

  /** A constant of the type of x. */
  #number(x: Register, value: number): Register {
    return this.number(this.typeOf(x), value)
  }

  #binary(op: Op, a: Register, b: Register): Register {
    return this.emit(op, this.typeOf(a), a, b)
  }
}
