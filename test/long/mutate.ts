import type { Port, ProgramParts } from "../../src/engine/program/program.ts"
import type { Step } from "../../src/protocol/program.ts"
import { between, onceIn, pick } from "../engine/program/words.ts"
import type { RandomStep } from "../engine/random-steps.ts"
import type { Random } from "../referee/float32-cases.ts"

export type Mutable<T> = T extends bigint | string | number | Uint8Array
  ? T
  : { -readonly [K in keyof T]: Mutable<T[K]> }
/** A program that can be changed. */
export type Draft = Mutable<ProgramParts>

/** A copy in which no two parts share a tensor, so that each can be changed by itself. */
export function draftOf({ inputs, outputs, constants, steps }: ProgramParts): Draft {
  const parts = steps.map(({ output, operands, ...rest }) => {
    return { ...rest, output: structuredClone(output), operands: operands.map((one) => structuredClone(one)) }
  })
  return {
    inputs: structuredClone(inputs),
    outputs: structuredClone(outputs),
    constants: structuredClone(constants),
    steps: structuredClone(parts),
  } as Draft
}

/** A program of one step, whose operands are all inputs. */
export function programOf({ step, inputs }: Pick<RandomStep, "step" | "inputs">): ProgramParts {
  const port = (name: string, tensor: Step["output"]): Port => ({ name, shape: [tensor.length], tensor })
  const tensors = inputs.map((_, id) => step.operands.find(({ tensor }) => tensor.id === id)!.tensor)
  return {
    steps: [step],
    inputs: tensors.map((tensor, id) => port(`x${id}`, tensor)),
    outputs: [port("y", step.output)],
    constants: [],
  }
}

/** Changes one number somewhere, or the length of a list. */
export function mutate(random: Random, draft: Draft): void {
  const places: [owner: Record<string, unknown>, key: string][] = []
  const lists: unknown[][] = []
  const visit = (owner: Record<string, unknown>): void => {
    for (const [key, value] of Object.entries(owner)) {
      if (typeof value === "number" || typeof value === "bigint") places.push([owner, key])
      if (typeof value !== "object" || value === null) continue
      if (Array.isArray(value) && value.length > 0) lists.push(value as unknown[])
      visit(value as Record<string, unknown>)
    }
  }
  visit(draft.steps as unknown as Record<string, unknown>)
  if (lists.length > 0 && onceIn(random, 6)) {
    const list = pick(random, lists)
    if (onceIn(random, 2)) list.splice(random() % list.length, 1)
    else list.push(structuredClone(pick(random, list)))
    return
  }
  const [owner, key] = pick(random, places)
  const value = owner[key] as number | bigint
  if (typeof value === "bigint") owner[key] = pick(random, [0n, value + 1n, -value, 1n << 64n])
  else owner[key] = pick(random, [0, 1, -1, between(random, 0, 25), -value, 2 ** 31, ...around(value)])
}

const around = (value: number): number[] => [value - 1, value + 1, value - 1, value + 1, 2 * value]
