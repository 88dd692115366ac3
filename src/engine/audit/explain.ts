import { Body, ElementType, Op, Space, type Step, type Tensor, widthOf } from "../../protocol/program.ts"
import { TYPE_NAMES, type Execution } from "../executor.ts"
import type { Program } from "../program/program.ts"
import { product } from "../program/view.ts"
import { evaluate } from "../reference/evaluate.ts"
import { Loops } from "../reference/loops.ts"
import { describeBits } from "./describe-fault.ts"
import { elementOf } from "./find-fault.ts"
import { nameOf, primitiveOf } from "./primitive.ts"

/** A value as people read it and as the contract compares it. */
export type Described = ReturnType<typeof describeBits>

/** What one operand gives to an element. */
export interface OperandReads {
  readonly operand: number
  /** The name of an input or output, or which constant or intermediate tensor it is. */
  readonly tensor: string
  readonly type: string
  /** How often it is read. */
  readonly count: number
  /** The first ones, in the order of the definition. */
  readonly first: readonly { readonly position: number; readonly value: Described }[]
}

/** What the definition makes of the operands, one scalar operation after the other. */
export interface Register {
  readonly register: number
  /** `Dot`, or `Add(r0, r1)`. */
  readonly formula: string
  readonly type: string
  readonly value: Described
}

/** How an element comes about. */
export interface Explanation {
  readonly step: number
  readonly steps: number
  readonly primitive: string
  readonly tensor: string
  readonly element: number
  /** The loop indices of the element. */
  readonly coordinates: readonly number[]
  readonly domain: readonly number[]
  /** How many combinations of reduction indices the body goes through. */
  readonly terms: number
  readonly operands: readonly OperandReads[]
  readonly registers: readonly Register[]
}

/** So many reads of each operand are listed. */
const LISTED = 12
/** So many registers are, and the last one. */
const MOST_REGISTERS = 100

/** Tells how one element of a run comes about, by the definition of its step. */
export function explain(run: Execution, number: number, element: number): Explanation {
  const { program } = run
  const step = program.steps[number]
  const loops = new Loops(step)
  loops.place(element)
  return {
    step: number,
    steps: program.steps.length,
    primitive: primitiveOf(step),
    tensor: tensorName(program, step.output),
    element,
    coordinates: loops.index.slice(0, step.domain.length),
    domain: step.domain,
    terms: product(step.reduction),
    operands: readsOf(run, step, element),
    registers: registersOf(run, step, element),
  }
}

function readsOf(run: Execution, step: Step, element: number): OperandReads[] {
  const counts = step.operands.map(() => 0)
  const first = step.operands.map((): number[] => [])
  evaluate(
    step,
    element,
    (tensor) => run.bytes(tensor),
    (operand, position) => {
      if (counts[operand]++ < LISTED) first[operand].push(position)
    },
  )
  return step.operands.map(({ tensor }, operand) => ({
    operand,
    tensor: tensorName(run.program, tensor),
    type: TYPE_NAMES[tensor.type],
    count: counts[operand],
    first: first[operand].map((position) => ({
      position,
      value: describeBits(tensor.type, elementOf(run, tensor, position)),
    })),
  }))
}

function registersOf(run: Execution, step: Step, element: number): Register[] {
  const types = [bodyType(step)]
  for (const { op, type } of step.epilogue) types.push(op === Op.Eq || op === Op.Lt ? ElementType.Bool : type)
  return types.flatMap((type, register) => {
    if (register >= MOST_REGISTERS && register < types.length - 1) return []
    // The step as if it ended here.
    const output = { ...step.output, type }
    const epilogue = step.epilogue.slice(0, register)
    const bits = evaluate({ ...step, output, epilogue }, element, (tensor) => run.bytes(tensor))
    const formula = register === 0 ? bodyName(step) : formulaOf(step, register - 1)
    return [{ register, formula, type: TYPE_NAMES[type], value: describeBits(type, bits) }]
  })
}

function bodyType({ body, operands }: Step): ElementType {
  const { type } = operands[0].tensor
  if (body === Body.Rank) return ElementType.Int64
  return body === Body.Dot && widthOf(type) === 1 ? ElementType.Int32 : type
}

const bodyName = ({ body, mode }: Step): string =>
  body === Body.Fold ? `Fold of ${nameOf(Op, mode)}` : nameOf(Body, body)

function formulaOf({ epilogue }: Step, number: number): string {
  const { op, type, a, b, c, value } = epilogue[number]
  const name = nameOf(Op, op)
  if (op === Op.Load) return `Load(operand ${a})`
  if (op === Op.Const) return `Const(${describeBits(type, value).value})`
  const arguments_ = [a, b, c].slice(0, ARITY[op] ?? 2).map((register) => `r${register}`)
  return `${name}(${arguments_.join(", ")})`
}

/** How many registers an operation reads, where it is not two. */
const ARITY: Partial<Record<Op, number>> = {
  [Op.Round]: 1,
  [Op.Sqrt]: 1,
  [Op.Exp]: 1,
  [Op.Bits]: 1,
  [Op.FromBits]: 1,
  [Op.Cast]: 1,
  [Op.Select]: 3,
}

/** The name of a tensor for people. */
export function tensorName({ inputs, outputs }: Program, { space, id }: Tensor): string {
  const port = (space === Space.Input ? inputs : outputs).find(({ tensor }) => tensor.id === id)
  if (space === Space.Input) return `input "${port?.name ?? id}"`
  if (space === Space.Output) return `output "${port?.name ?? id}"`
  return space === Space.Weights ? `constant ${id}` : `intermediate tensor ${id}`
}
