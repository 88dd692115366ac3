import { ElementType, type Instruction, Op, widthOf } from "../../../protocol/program.ts"

/** Number of a register of an epilogue. */
export type Register = number

/** Makes the register of an operand of the epilogue. */
export type Load = (operand: number, type: ElementType) => Register

/** How many of the fields a, b and c of an instruction are registers. */
const USES: Readonly<Record<Op, number>> = {
  [Op.Load]: 0,
  [Op.Const]: 0,
  [Op.Add]: 2,
  [Op.Sub]: 2,
  [Op.Mul]: 2,
  [Op.Div]: 2,
  [Op.Rem]: 2,
  [Op.Min]: 2,
  [Op.Max]: 2,
  [Op.Round]: 1,
  [Op.Sqrt]: 1,
  [Op.Exp]: 1,
  [Op.Bits]: 1,
  [Op.FromBits]: 1,
  [Op.And]: 2,
  [Op.Xor]: 2,
  [Op.Shr]: 2,
  [Op.Eq]: 2,
  [Op.Lt]: 2,
  [Op.Select]: 3,
  [Op.Cast]: 1,
}

/**
 * Collects the instructions of an epilogue. Register 0 is what the body of the step gives; an instruction
 * that is there already is not emitted again, its register is shared.
 */
export class Recorder {
  readonly #types: ElementType[]
  readonly #instructions: Instruction[] = []
  readonly #known = new Map<string, Register>()

  constructor(first: ElementType) {
    this.#types = [first]
  }

  get length(): number {
    return this.#instructions.length
  }

  /** The newest register. */
  get last(): Register {
    return this.#instructions.length
  }

  typeOf(register: Register): ElementType {
    return this.#types[register]
  }

  emit(op: Op, type: ElementType, a: number, b = 0, c = 0, value = 0n): Register {
    const key = `${op},${type},${a},${b},${c},${value}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    this.#instructions.push({ op, type, a, b, c, value })
    this.#types.push(op === Op.Eq || op === Op.Lt ? ElementType.Bool : type)
    this.#known.set(key, this.last)
    return this.last
  }

  /** Repeats instructions whose register 0 is `start` here and whose loads are made by `load`. */
  append(start: Register, instructions: readonly Instruction[], load: Load): Register {
    const registers = [start]
    for (const { op, type, a, b, c, value } of instructions) {
      const [x, y, z] = [a, b, c].map((register) => registers[register])
      const uses = USES[op]
      registers.push(
        op === Op.Load
          ? load(a, type)
          : this.emit(op, type, uses > 0 ? x : 0, uses > 1 ? y : 0, uses > 2 ? z : 0, value),
      )
    }
    return registers.at(-1)
  }

  /**
   * The instructions that `result` needs, which is the last one: each behind those that its a, b and c need, in this
   * order. So they follow from the expression alone, not from the order in which it was emitted.
   */
  upTo(result: Register): Instruction[] {
    const instructions: Instruction[] = []
    const numbers = new Map<Register, Register>([[0, 0]])
    const place = (register: Register): Register => {
      const known = numbers.get(register)
      if (known !== undefined) return known
      const { op, type, a, b, c, value } = this.#instructions[register - 1]
      const [x, y, z] = [a, b, c].map((used, i) => (i < USES[op] ? place(used) : used))
      numbers.set(register, instructions.push({ op, type, a: x, b: y, c: z, value }))
      return instructions.length
    }
    place(result)
    return instructions
  }

  /** What operand `operand` of the epilogue has at the element. */
  load(operand: number, type: ElementType): Register {
    return this.emit(Op.Load, type, operand)
  }

  /** A constant given as its bytes, least significant byte first. */
  constantBytes(type: ElementType, bytes: Uint8Array): Register {
    let value = 0n
    for (let i = widthOf(type) - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i])
    return this.emit(Op.Const, type, 0, 0, 0, value)
  }

  /** A float32 constant, rounded from `value`. */
  float(value: number): Register {
    const view = new DataView(new ArrayBuffer(4))
    view.setFloat32(0, value)
    return this.floatBits(view.getUint32(0))
  }

  /** A float32 constant given as its bit pattern. */
  floatBits(pattern: number): Register {
    return this.emit(Op.Const, ElementType.Float32, 0, 0, 0, BigInt(pattern))
  }

  /** An integer constant; it wraps at the width of its type. */
  integer(type: ElementType, value: bigint | number): Register {
    return this.emit(Op.Const, type, 0, 0, 0, BigInt.asUintN(8 * widthOf(type), BigInt(value)))
  }

  bool(value: boolean): Register {
    return this.emit(Op.Const, ElementType.Bool, 0, 0, 0, value ? 1n : 0n)
  }

  /** A whole number as a constant of any type. */
  number(type: ElementType, value: number): Register {
    return type === ElementType.Float32 ? this.float(value) : this.integer(type, value)
  }
}
