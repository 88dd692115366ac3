import {
  type Access,
  Body,
  ElementType,
  type Guard,
  type Instruction,
  Op,
  Space,
  type Step,
  bodyOperands,
  widthOf,
} from "../../protocol/program.ts"
import { isOnusError } from "../../protocol/errors.ts"
import { TYPE_NAMES } from "../executor.ts"
import { isUnary, operation } from "../reference/operations.ts"
import { type Form, findOutside } from "./validate-reach.ts"
import { product } from "./view.ts"

const TYPES: readonly number[] = Object.values(ElementType)
const FOLDS: readonly number[] = [Op.Add, Op.Mul, Op.Min, Op.Max]
/** The numbers of a descriptor are below these. */
const ROOM = { size: 2 ** 32, mode: 2 ** 8, register: 2 ** 16, value: 2n ** 64n } as const

/** What is wrong with a step, whatever the tensors hold; `undefined` if nothing is. */
export function stepProblem(step: Step): string | undefined {
  return (
    loopsProblem(step) ??
    first(step.operands, (_, number) => operandProblem(step, number)) ??
    bodyProblem(step) ??
    epilogueProblem(step) ??
    first(readsOf(step), (read) => reachProblem(step, read))
  )
}

function first<T>(items: readonly T[], problem: (item: T, i: number) => string | undefined) {
  for (const [i, item] of items.entries()) {
    const found = problem(item, i)
    if (found !== undefined) return found
  }
  return undefined
}

const named = (type: ElementType): string => TYPE_NAMES[type] ?? `the unknown type ${type}`

function loopsProblem({ output, domain, reduction }: Step): string | undefined {
  const bad = [...domain, ...reduction].find(
    (size) => !Number.isInteger(size) || size < 1 || size >= ROOM.size,
  )
  if (bad !== undefined) return `a loop of size ${bad} is none`
  if (product(domain) === output.length) return undefined
  return `the domain [${domain}] has ${product(domain)} elements and the output ${output.length}`
}

function operandProblem({ domain, reduction, operands }: Step, number: number): string | undefined {
  const { base, strides, guards, lookups } = operands[number]
  const sizes = [...domain, ...reduction]
  const forms = [{ offset: base, factors: strides }, ...guards.map(formOf)]
  const odd = forms.find(({ factors }) => factors.length !== sizes.length)
  if (odd) return `operand ${number} has ${odd.factors.length} factors for ${sizes.length} loops`
  // What lookups add to a position is bounded by their sizes.
  const added = lookups.map(({ stride, size }) => stride * size)
  const numbers = [...guards, ...lookups].map(({ size }) => size)
  const reach = Math.max(
    ...forms.map((form) => magnitude(form, sizes) + magnitude({ offset: 0, factors: added })),
  )
  if (
    ![...forms.flatMap(({ offset, factors }) => [offset, ...factors]), ...numbers, reach].every(
      Number.isSafeInteger,
    )
  )
    return `operand ${number} has positions or guards beyond 2^53`
  return first(lookups, ({ operand }) => coordinateProblem(operands, number, operand))
}

const formOf = ({ offset, coefficients }: Guard): Form => ({ offset, factors: coefficients })

/** The greatest magnitude that any part of a form's sum reaches. */
const magnitude = ({ offset, factors }: Form, sizes?: readonly number[]): number =>
  factors.reduce((sum, factor, i) => sum + Math.abs(factor * (sizes ? sizes[i] - 1 : 1)), Math.abs(offset))

/** Coordinates are integers and have no lookups of their own. */
function coordinateProblem(
  operands: readonly Access[],
  number: number,
  coordinate: number,
): string | undefined {
  const access = operands[coordinate] as Access | undefined
  const what = `operand ${number} looks up operand ${coordinate}`
  if (!access) return `${what}, which is not there`
  const { type } = access.tensor
  if (type === ElementType.Float32 || type === ElementType.Bool) return `${what}, which is ${named(type)}`
  return access.lookups.length > 0 ? `${what}, which has lookups of its own` : undefined
}

function bodyProblem(step: Step): string | undefined {
  const { body, mode, operands, domain } = step
  if (!Object.values(Body).includes(body)) return `the body ${body} is unknown`
  if (operands.length === 0) return "it has no operand"
  if (!Number.isInteger(mode) || mode < 0 || mode >= ROOM.mode) return `the mode ${mode} is out of range`
  if (operands.length < bodyOperands(step))
    return `its body needs ${bodyOperands(step)} operands and there are ${operands.length}`
  const [type, ...others] = operands.slice(0, bodyOperands(step)).map(({ tensor }) => tensor.type)
  if (body === Body.Read) {
    if (mode === 0) return "a Read with the mode 0 has no candidate"
    const other = others.find((one) => one !== type)
    return other === undefined ? undefined : `candidates are ${named(type)} and ${named(other)}`
  }
  if (body === Body.Dot) return mode === 0 ? dotProblem(type, others) : `the mode ${mode} of a Dot is not 0`
  if (body === Body.Rank) {
    if (mode > 3) return `the mode ${mode} of a Rank has unknown flags`
    return domain.length === 0 ? "a Rank has no coordinate in its domain" : undefined
  }
  if (!FOLDS.includes(mode)) return `a Fold cannot repeat the operation ${mode}`
  return operationProblem(mode as Op, type)
}

const isByte = (type: ElementType): boolean => type === ElementType.Int8 || type === ElementType.Uint8

function dotProblem(type: ElementType, [other, zero, otherZero]: readonly ElementType[]): string | undefined {
  if (isByte(type) && isByte(other)) {
    if (zero === type && otherZero === other) return undefined
    return `zero points of ${named(type)} and ${named(other)} are ${named(zero)} and ${named(otherZero)}`
  }
  const hasProducts = type === other && widthOf(type) > 1
  return hasProducts ? undefined : `a Dot cannot multiply ${named(type)} with ${named(other)}`
}

function operationProblem(op: Op, type: ElementType): string | undefined {
  try {
    operation(op, type)
    return undefined
  } catch (error) {
    if (!isOnusError(error, "ProgramInvalid")) throw error
    return `${named(type)} has no operation ${op}`
  }
}

/** What register 0 is. */
function bodyType({ body, operands: [{ tensor }] }: Step): ElementType {
  if (body === Body.Rank) return ElementType.Int64
  return body === Body.Dot && isByte(tensor.type) ? ElementType.Int32 : tensor.type
}

function epilogueProblem(step: Step): string | undefined {
  const types = [bodyType(step)]
  const problem = first(step.epilogue, (instruction, i) => {
    const found = instructionProblem(instruction, types, step.operands)
    const { op, type } = instruction
    types.push(op === Op.Eq || op === Op.Lt ? ElementType.Bool : type)
    return found === undefined ? undefined : `instruction ${i}: ${found}`
  })
  if (problem !== undefined) return problem
  const last = types[types.length - 1]
  return last === step.output.type ? undefined : `${named(last)} is stored as ${named(step.output.type)}`
}

function instructionProblem(
  { op, type, a, b, c, value }: Instruction,
  types: readonly ElementType[],
  operands: readonly Access[],
): string | undefined {
  if (!Object.values(Op).includes(op)) return `the operation ${op} is unknown`
  if (!TYPES.includes(type)) return `the type ${type} is unknown`
  const odd = [a, b, c].find((one) => !Number.isInteger(one) || one < 0 || one >= ROOM.register)
  if (odd !== undefined) return `${odd} is no register and no operand`
  if (value < 0n || value >= ROOM.value) return `the constant ${value} has no 64 bits`
  const needs = (...wanted: readonly (readonly [register: number, type: ElementType | undefined])[]) =>
    first(wanted, ([register, want]) => {
      if (!Object.hasOwn(types, register)) return `register ${register} is not made yet`
      if (want === undefined || types[register] === want) return undefined
      return `register ${register} is ${named(types[register])}, not ${named(want)}`
    })
  switch (op) {
    case Op.Load: {
      const loaded = operands[a] as Access | undefined
      if (!loaded) return `operand ${a} is not there`
      return loaded.tensor.type === type
        ? undefined
        : `operand ${a} is ${named(loaded.tensor.type)}, not ${named(type)}`
    }
    case Op.Const:
      return undefined
    case Op.Bits:
      return type === ElementType.Int32
        ? needs([a, ElementType.Float32])
        : `the bits of a number are no ${named(type)}`
    case Op.FromBits:
      return type === ElementType.Float32 ? needs([a, ElementType.Int32]) : `bits are made a ${named(type)}`
    case Op.Select:
      return needs([a, ElementType.Bool], [b, type], [c, type])
    case Op.Cast:
      return needs([a, undefined])
    default:
      return operationProblem(op, type) ?? (isUnary(op) ? needs([a, type]) : needs([a, type], [b, type]))
  }
}

/** A way in which a step reads an operand: over which reduction, and where. */
interface Read {
  readonly operand: number
  readonly reduces: boolean
  /** The guards of the operand that looks it up, which is read only where they hold. */
  readonly guards: readonly Guard[]
}

/** All reads of a step; what nothing reads may say anything. */
function readsOf(step: Step): Read[] {
  const { body, operands, epilogue } = step
  const reads = Array.from({ length: bodyOperands(step) }, (_, operand): Read => {
    return { operand, reduces: body !== Body.Read && operand < 2, guards: [] }
  })
  for (const { op, a } of epilogue) if (op === Op.Load) reads.push({ operand: a, reduces: false, guards: [] })
  return reads.flatMap((read) => {
    const { guards, lookups } = operands[read.operand]
    return [read, ...lookups.map(({ operand }) => ({ ...read, operand, guards }))]
  })
}

/** Whether positions leave the tensor, whatever coordinates that are data turn out to be. */
function reachProblem({ domain, reduction, operands }: Step, read: Read): string | undefined {
  const { tensor, base, strides, guards, lookups } = operands[read.operand]
  // No coordinate is within a size of 0: the operand is never read.
  if (lookups.some(({ size }) => size <= 0)) return undefined
  const sizes = [...domain, ...reduction.map((size) => (read.reduces ? size : 1))]
  const added = lookups.map(({ stride, size }) => stride * (size - 1))
  const slack = [Math.min, Math.max].map((end) => added.reduce((sum, by) => sum + end(by, 0), 0))
  const position = { offset: base, factors: strides }
  const index = findOutside(position, [slack[0], slack[1]], tensor.length, [...read.guards, ...guards], sizes)
  if (index === undefined) return undefined
  const what = `operand ${read.operand}, ${spaceName(tensor.space)} tensor ${tensor.id} of ${tensor.length} elements,`
  if (index === "unknown") return `${what} cannot be shown to be read inside of it only`
  const at = index.reduce((sum, i, loop) => sum + i * strides[loop], base)
  const also = lookups.length > 0 ? ` and up to ${slack[0]} before or ${slack[1]} behind` : ""
  return `${what} is read at ${at}${also} when the loops are at [${index}]`
}

const NAMES = {
  [Space.Input]: "Input",
  [Space.Weights]: "Weights",
  [Space.Trace]: "Trace",
  [Space.Output]: "Output",
}

export const spaceName = (space: Space): string => NAMES[space] ?? `unknown space ${space}`
