import { ElementType, type Instruction, Op } from "../../src/protocol/program.ts"
import { exp, fromBits, round, toBits } from "../../src/engine/reference/scalar.ts"

/** A function of floats as one JavaScript function: `x` is register 0, `y` what the only operand loads. */
export type Compiled = (x: number, y: number) => number

const { fround } = Math
const LIBRARY = { fround, exp, round, toBits, fromBits }

/** Translates instructions on floats, 32-bit integers and truths: each becomes one statement. */
export function compile(instructions: readonly Instruction[]): Compiled {
  const body = instructions.map((instruction, i) => `const r${i + 1} = ${expression(instruction)}`)
  const source = `const { fround, exp, round, toBits, fromBits } = library
    return (r0, y) => { ${body.join(";")}; return r${instructions.length} }`
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- fast enough for millions of arguments
  return (new Function("library", source) as (library: typeof LIBRARY) => Compiled)(LIBRARY)
}

function expression({ op, type, a, b, c, value }: Instruction): string {
  const [x, y, z] = [`r${a}`, `r${b}`, `r${c}`]
  const isFloat = type === ElementType.Float32
  const rounded = (result: string) => (isFloat ? `fround(${result})` : `(${result}) | 0`)
  switch (op) {
    case Op.Load:
      return "y"
    case Op.Const:
      return literal(isFloat ? fromBits(Number(value)) : Number(value) | 0)
    case Op.Add:
      return rounded(`${x} + ${y}`)
    case Op.Sub:
      return rounded(`${x} - ${y}`)
    case Op.Mul:
      return isFloat ? rounded(`${x} * ${y}`) : `Math.imul(${x}, ${y})`
    case Op.Div:
      return rounded(`${x} / ${y}`)
    case Op.Rem:
      return rounded(`${x} % ${y}`)
    case Op.Min:
      return `Math.min(${x}, ${y})`
    case Op.Max:
      return `Math.max(${x}, ${y})`
    case Op.Round:
      return `round(${x})`
    case Op.Sqrt:
      return `fround(Math.sqrt(${x}))`
    case Op.Exp:
      return `exp(${x})`
    case Op.Bits:
      return `toBits(${x}) | 0`
    case Op.FromBits:
      return `fromBits(${x})`
    case Op.And:
      return `${x} & ${y}`
    case Op.Xor:
      return `${x} ^ ${y}`
    case Op.Shr:
      return `${x} >> Math.max(0, Math.min(31, ${y}))`
    case Op.Eq:
      return `+(${x} === ${y})`
    case Op.Lt:
      return `+(${x} < ${y})`
    case Op.Select:
      return `${x} ? ${y} : ${z}`
    case Op.Cast:
      return isFloat
        ? `fround(${x})`
        : type === ElementType.Bool
          ? `+(${x} !== 0)`
          : `Math.max(-2147483648, Math.min(2147483647, Math.trunc(${x}))) | 0`
  }
}

const literal = (value: number): string => (Object.is(value, -0) ? "-0" : String(value))
