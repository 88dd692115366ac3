import { Body, ElementType, Op, type Step, bodyOperands } from "../../protocol/program.ts"
import { type Scalar, invalid, zeroOf } from "./elements.ts"
import type { Loops } from "./loops.ts"
import type { Operand } from "./operands.ts"
import { operation } from "./operations.ts"
import { prepareRank } from "./rank.ts"

/** What an element starts from, as docs/semantics.md 3.4 says, at the element where the loops are. */
export interface PreparedBody {
  readonly type: ElementType
  readonly compute: () => Scalar
}

/** @throws OnusError `ProgramInvalid` when the step has no such body. */
export function prepareBody(step: Step, operands: readonly Operand[], loops: Loops): PreparedBody {
  if (operands.length === 0 || operands.length < bodyOperands(step)) throw invalid("operands are missing")
  switch (step.body) {
    case Body.Read:
      return prepareRead(operands.slice(0, step.mode))
    case Body.Dot:
      return prepareDot(operands, loops)
    case Body.Fold:
      return prepareFold(operands[0], step.mode as Op, loops)
    case Body.Rank:
      return prepareRank(operands[0], step, loops)
  }
}

function prepareRead(candidates: readonly Operand[]): PreparedBody {
  if (candidates.length === 0) throw invalid("a Read has no candidate")
  const { type } = candidates[0]
  if (candidates.some((candidate) => candidate.type !== type)) throw invalid("candidates differ in type")
  const compute = (): Scalar => {
    for (const candidate of candidates) {
      const position = candidate.locate()
      if (position >= 0) return candidate.at(position)
    }
    return zeroOf(type)
  }
  return { type, compute }
}

function prepareDot(operands: readonly Operand[], loops: Loops): PreparedBody {
  const [a, b] = operands
  if (isByte(a.type) && isByte(b.type)) return prepareByteDot(operands, loops)
  if (a.type !== b.type) throw invalid(`a Dot multiplies type ${a.type} with type ${b.type}`)
  const { type } = a
  if (isByte(type) || type === ElementType.Bool) throw invalid(`a Dot has no elements of type ${type}`)
  const [add, multiply] = [operation(Op.Add, type), operation(Op.Mul, type)]
  const zero = zeroOf(type)
  const compute = (): Scalar => {
    let acc = zero
    for (let term = 0; term < loops.terms; term++) {
      acc = add(acc, multiply(a.value(), b.value()))
      loops.advance()
    }
    return acc
  }
  return { type, compute }
}

const isByte = (type: ElementType): boolean => type === ElementType.Int8 || type === ElementType.Uint8

function prepareByteDot([a, b, zeroA, zeroB]: readonly Operand[], loops: Loops): PreparedBody {
  if (zeroA.type !== a.type || zeroB.type !== b.type) throw invalid("zero points differ in type")
  const compute = (): Scalar => {
    const [za, zb] = [zeroA.value() as number, zeroB.value() as number]
    let acc = 0
    for (let term = 0; term < loops.terms; term++) {
      const [p, q] = [a.locate(), b.locate()]
      // The product has 18 bits at most.
      if (p >= 0 && q >= 0) acc = (acc + ((a.at(p) as number) - za) * ((b.at(q) as number) - zb)) | 0
      loops.advance()
    }
    return acc
  }
  return { type: ElementType.Int32, compute }
}

function prepareFold(operand: Operand, op: Op, loops: Loops): PreparedBody {
  const { type } = operand
  const [start, apply] = [startOf(op, type), operation(op, type)]
  const compute = (): Scalar => {
    let acc = start
    for (let term = 0; term < loops.terms; term++) {
      const position = operand.locate()
      if (position >= 0) acc = apply(acc, operand.at(position))
      loops.advance()
    }
    return acc
  }
  return { type, compute }
}

/** Lowest and highest value of each type. */
const BOUNDS: Readonly<Record<ElementType, readonly [Scalar, Scalar]>> = {
  [ElementType.Float32]: [-Infinity, Infinity],
  [ElementType.Int8]: [-128, 127],
  [ElementType.Uint8]: [0, 255],
  [ElementType.Int32]: [-(2 ** 31), 2 ** 31 - 1],
  [ElementType.Int64]: [-(2n ** 63n), 2n ** 63n - 1n],
  [ElementType.Bool]: [0, 1],
}

/** What a Fold starts from. */
function startOf(op: Op, type: ElementType): Scalar {
  switch (op) {
    case Op.Add:
      return zeroOf(type)
    case Op.Mul:
      return type === ElementType.Int64 ? 1n : 1
    case Op.Min:
      return BOUNDS[type][1]
    case Op.Max:
      return BOUNDS[type][0]
    default:
      throw invalid(`a Fold repeats operation ${op}`)
  }
}
