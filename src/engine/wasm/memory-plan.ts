import { Space, type Tensor, widthOf } from "../../protocol/program.ts"
import type { Program } from "../program/program.ts"
import { Arena } from "./arena.ts"
import { roomFor } from "./buffer.ts"
import type { Stage } from "./stage.ts"

/** Where the tensors of a run lie. */
export interface MemoryPlan {
  /** Addresses by space and id. */
  readonly addresses: ReadonlyMap<string, number>
  readonly end: number
}

export const tensorKey = ({ space, id }: Tensor): string => `${space}/${id}`

const room = ({ type, length }: Tensor): number => roomFor(length * widthOf(type))

/**
 * Gives every tensor that is computed, every input and every temporary buffer its place, from `base` on.
 *
 * @param stages those of every step
 * @param keep whether all tensors of the program stay until the end; otherwise memory is reused once the last
 * step that reads a tensor is done, except for outputs
 */
export function planMemory(
  program: Pick<Program, "inputs" | "steps">,
  stages: readonly (readonly Stage[])[],
  base: number,
  keep: boolean,
): MemoryPlan {
  const arena = new Arena(base)
  const addresses = new Map<string, number>()
  const lastRead = new Map<string, number>()
  stages.forEach((list, step) => {
    for (const stage of list) for (const tensor of stage.reads) lastRead.set(tensorKey(tensor), step)
  })
  const place = (tensor: Tensor): void => {
    addresses.set(tensorKey(tensor), arena.take(room(tensor)))
  }
  const ended = (tensor: Tensor, step: number): boolean =>
    !keep && tensor.space !== Space.Output && (lastRead.get(tensorKey(tensor)) ?? step) === step
  const giveBack = (tensor: Tensor): void => arena.giveBack(addresses.get(tensorKey(tensor))!, room(tensor))

  for (const { tensor } of program.inputs) place(tensor)
  stages.forEach((list, step) => {
    const { output } = program.steps[step]
    place(output)
    const buffers = [...new Set(list.flatMap((stage) => stage.temporaries))]
    for (const buffer of buffers) buffer.place(arena.take(roomFor(buffer.size)))
    for (const buffer of buffers) arena.giveBack(buffer.address, roomFor(buffer.size))
    const read = new Map(list.flatMap((stage) => stage.reads).map((tensor) => [tensorKey(tensor), tensor]))
    read.set(tensorKey(output), output)
    for (const tensor of read.values()) {
      if (tensor.space !== Space.Weights && ended(tensor, step)) giveBack(tensor)
    }
  })
  return { addresses, end: arena.end }
}
