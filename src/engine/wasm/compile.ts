import { OnusError } from "../../protocol/errors.ts"
import type { Tensor } from "../../protocol/program.ts"
import type { Program } from "../program/program.ts"
import { Image } from "./image.ts"
import { planMemory, tensorKey } from "./memory-plan.ts"
import { Scratch } from "./scratch.ts"
import type { Writing } from "./source.ts"
import type { Stage } from "./stage.ts"
import { DONE_WORD } from "./step-plan.ts"
import { Temporary } from "./temporary.ts"
import type { Weights } from "./weights.ts"

/** A program as its threads run it, for one use of memory. */
export interface Compiled {
  /** Plans, tables and small constants, with the address where they belong. */
  readonly image: Image
  /** Addresses of all plans, in order, and of their list. */
  readonly plans: readonly number[]
  readonly list: number
  /** Where the scratch memory of the first thread is; every thread has `scratchBytes`. */
  readonly scratch: number
  readonly scratchBytes: number
  readonly addressOf: (tensor: Tensor) => number
  /** The first address behind everything. */
  readonly end: number
}

const PAGE = 64

/**
 * Places the tensors of a program and writes the plans of its stages.
 *
 * @param stages those of every step
 * @param base first free address
 * @param keep whether every tensor can still be read after a run
 * @throws OnusError `ProgramInvalid`, `ProgramUnsupported`.
 */
export function compile(
  program: Pick<Program, "inputs" | "steps" | "constants">,
  stages: readonly (readonly Stage[])[],
  weights: Weights,
  base: number,
  threads: number,
  keep: boolean,
): Compiled {
  const memory = planMemory(program, stages, base, keep)
  const image = new Image(memory.end)
  const addressOf = (tensor: Tensor): number => {
    if (tensor instanceof Temporary) return tensor.buffer.address
    const address = memory.addresses.get(tensorKey(tensor)) ?? weights.addressOf(tensor)
    // A tensor of no elements is on padding wherever it is read.
    if (address === undefined && tensor.length > 0) {
      throw new OnusError(
        "ProgramInvalid",
        `Tensor ${tensor.id} of space ${tensor.space} is read before it is made`,
      )
    }
    return address ?? 0
  }
  const zeros = zerosIn(image)
  const constants = new Map(program.constants.map(({ tensor, data }) => [tensorKey(tensor), data]))
  const shared = {
    image,
    addressOf,
    zeros,
    preparedAt: (key: string) => weights.preparedAt(key),
    constantOf: (tensor: Tensor) => constants.get(tensorKey(tensor))!,
  }
  let scratchBytes = 0
  const plans = stages.flatMap((list, step) =>
    list.map((stage, i) => {
      const scratch = new Scratch()
      const writing: Writing = { ...shared, scratch }
      const plan = stage.write(writing)
      image.setWord(plan + 4 * DONE_WORD, i === list.length - 1 ? step + 1 : step)
      scratchBytes = Math.max(scratchBytes, scratch.size)
      return plan
    }),
  )
  const list = image.words(plans)
  const scratch = Math.ceil(image.end / PAGE) * PAGE
  // Threads do not share cache lines.
  scratchBytes = Math.ceil(scratchBytes / PAGE + 2) * PAGE
  return { image, plans, list, scratch, scratchBytes, addressOf, end: scratch + threads * scratchBytes }
}

/** Zero bytes for padding, shared by all who ask for no more of them. */
function zerosIn(image: Image): (size: number) => number {
  let known = { address: 0, size: 0 }
  return (size) => {
    if (size > known.size) known = { address: image.reserve(size), size }
    return known.address
  }
}
