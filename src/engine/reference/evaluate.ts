import { OnusError } from "../../protocol/errors.ts"
import {
  type Access,
  Body,
  type Instruction,
  Op,
  Source,
  type Step,
  type Tensor,
} from "../../protocol/program.ts"
import { add, div, exp, fromBits, maximum, mul, sub, toBits } from "./scalar.ts"

/** The bit patterns of a tensor's elements. */
export type Bits = (tensor: Tensor) => Uint32Array

/** Told about every element that is read: operand index and position in its tensor. */
export type OnRead = (operand: number, position: number) => void

/**
 * The definition of a program step, for one element: `docs/semantics.md` 3, line by line. Written to be
 * read; twin of `contracts/referee/Referee.sol`.
 *
 * @returns the bit pattern of element `element` of the step's output.
 * @throws OnusError `ProgramInvalid` when an access leaves its tensor.
 */
export function evaluate(step: Step, element: number, bits: Bits, onRead?: OnRead): number {
  const index = coordinates(step, element)

  /** The bit pattern that operand `operand` has at the current index; `undefined` on padding. */
  const read = (operand: number): number | undefined => {
    const access = step.operands[operand]
    const position = locate(access, index)
    if (position === undefined) return undefined
    onRead?.(operand, position)
    return bits(access.tensor)[position]
  }

  let acc: number
  if (step.body === Body.Read) {
    const word = read(0) ?? 0
    if (step.epilogue.length === 0) return word
    acc = fromBits(word)
  } else {
    acc = reduce(step, index, read)
  }
  for (const instruction of step.epilogue) acc = apply(instruction, acc, read)
  return toBits(acc)
}

function reduce(step: Step, index: number[], read: (operand: number) => number | undefined): number {
  let acc = step.body === Body.Max ? -Infinity : 0
  const count = step.reduction.reduce((all, size) => all * size, 1)
  for (let i = 0; i < count; i++) {
    const a = read(0)
    if (step.body === Body.Dot) acc = add(acc, mul(fromBits(a ?? 0), fromBits(read(1) ?? 0)))
    else if (a !== undefined) acc = step.body === Body.Max ? maximum(acc, fromBits(a)) : add(acc, fromBits(a))
    advance(step, index)
  }
  return acc
}

function apply(
  { op, source, value }: Instruction,
  acc: number,
  read: (operand: number) => number | undefined,
): number {
  const rhs = source === Source.None ? 0 : fromBits(source === Source.Operand ? (read(value) ?? 0) : value)
  switch (op) {
    case Op.Add:
      return add(acc, rhs)
    case Op.Sub:
      return sub(acc, rhs)
    case Op.Mul:
      return mul(acc, rhs)
    case Op.Div:
      return div(acc, rhs)
    case Op.Max:
      return maximum(acc, rhs)
    case Op.Exp:
      return exp(acc)
  }
}

/** Row-major coordinates of the element in the domain, followed by zeros for the reduction. */
function coordinates(step: Step, element: number): number[] {
  const index = new Array<number>(step.domain.length + step.reduction.length).fill(0)
  for (let i = step.domain.length - 1; i >= 0; i--) {
    index[i] = element % step.domain[i]
    element = Math.floor(element / step.domain[i])
  }
  return index
}

/** The next reduction index, last dimension fastest. */
function advance(step: Step, index: number[]): void {
  for (let i = step.reduction.length - 1; i >= 0; i--) {
    const at = step.domain.length + i
    if (++index[at] < step.reduction[i]) return
    index[at] = 0
  }
}

/** The position that an access reads, or `undefined` when it falls on padding. */
function locate(access: Access, index: readonly number[]): number | undefined {
  for (const { coefficients, offset, size } of access.guards) {
    const coordinate = affine(coefficients, offset, index)
    if (coordinate < 0 || coordinate >= size) return undefined
  }
  const position = affine(access.strides, access.base, index)
  if (position < 0 || position >= access.tensor.length) {
    throw new OnusError("ProgramInvalid", `Tensor ${access.tensor.id} has no element ${position}`)
  }
  return position
}

function affine(factors: readonly number[], sum: number, index: readonly number[]): number {
  for (let i = 0; i < factors.length; i++) sum += factors[i] * index[i]
  return sum
}
