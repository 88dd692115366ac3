import { bytesOf, type Values, valuesOf } from "../../../src/engine/executor.ts"
import { runStep } from "../../../src/engine/reference/evaluate.ts"
import {
  type Access,
  type Body,
  type ElementType,
  type Instruction,
  Op,
  Space,
  type Step,
  type Tensor,
} from "../../../src/protocol/program.ts"

/** An operand with its elements, as tests write it: what is left out is nothing. */
export interface Source {
  readonly type: ElementType
  readonly values: Values
  readonly base?: number
  readonly strides?: readonly number[]
  readonly guards?: Access["guards"]
  readonly lookups?: Access["lookups"]
}

/** A step as tests write it. */
export interface Draft {
  readonly type: ElementType
  readonly domain: readonly number[]
  readonly reduction?: readonly number[]
  readonly body: Body
  readonly mode?: number
  readonly operands: readonly Source[]
  readonly epilogue?: readonly Instruction[]
}

/** The step, and the bytes of its operands by tensor. */
export function draw(draft: Draft): { step: Step; bytes: (tensor: Tensor) => Uint8Array } {
  const { type, domain, reduction = [], body, mode = 0, epilogue = [] } = draft
  const tensor = (space: Space, type: ElementType, id: number, length: number): Tensor => {
    return { space, type, id, firstLeaf: 0, length }
  }
  const loops = domain.length + reduction.length
  const operands = draft.operands.map((source, id): Access => {
    const { base = 0, strides = new Array<number>(loops).fill(0), guards = [], lookups = [] } = source
    return {
      tensor: tensor(Space.Input, source.type, id, source.values.length),
      base,
      strides,
      guards,
      lookups,
    }
  })
  const output = tensor(
    Space.Trace,
    type,
    0,
    domain.reduce((all, size) => all * size, 1),
  )
  return {
    step: { output, domain, reduction, body, mode, operands, epilogue },
    bytes: ({ id }) => bytesOf(draft.operands[id].values),
  }
}

/** All elements of a step. */
export function run(draft: Draft): Values {
  const { step, bytes } = draw(draft)
  return valuesOf(draft.type, runStep(step, bytes))
}

/** An instruction; what is left out is zero. */
export function instruction(op: Op, type: ElementType, a = 0, b = 0, c = 0, value = 0n): Instruction {
  return { op, type, a, b, c, value }
}
