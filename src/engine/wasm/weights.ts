import { Space, type Tensor, widthOf } from "../../protocol/program.ts"
import type { Program } from "../program/program.ts"
import { roomFor } from "./buffer.ts"
import { tensorKey } from "./memory-plan.ts"
import type { Prepared, Stage } from "./stage.ts"

/** Where constants lie, each in the forms that some stage reads and in no other. */
export class Weights {
  readonly end: number
  readonly #raw = new Map<string, { tensor: Tensor; address: number }>()
  readonly #prepared = new Map<string, { prepared: Prepared; address: number }>()

  constructor(stages: readonly Stage[], base: number) {
    let end = base
    const take = (size: number): number => {
      const address = end
      end += roomFor(size)
      return address
    }
    for (const { reads, prepared = [] } of stages) {
      for (const tensor of reads) {
        const key = tensorKey(tensor)
        if (tensor.space !== Space.Weights || this.#raw.has(key)) continue
        this.#raw.set(key, { tensor, address: take(tensor.length * widthOf(tensor.type)) })
      }
      for (const each of prepared) {
        if (!this.#prepared.has(each.key))
          this.#prepared.set(each.key, { prepared: each, address: take(each.size) })
      }
    }
    this.end = end
  }

  /** The address of a constant as it is, if some stage reads it so. */
  addressOf(tensor: Tensor): number | undefined {
    return this.#raw.get(tensorKey(tensor))?.address
  }

  /** The address of a constant in another form. */
  preparedAt(key: string): number {
    return this.#prepared.get(key)!.address
  }

  /** Writes all constants to memory that is zero. */
  fill({ constants }: Pick<Program, "constants">, memory: Uint8Array): void {
    const dataOf = new Map(constants.map(({ tensor, data }) => [tensorKey(tensor), data]))
    for (const [key, { address }] of this.#raw) memory.set(dataOf.get(key)!, address)
    for (const { prepared, address } of this.#prepared.values()) {
      const data = prepared.tensors.map((tensor) => dataOf.get(tensorKey(tensor))!)
      prepared.fill(data, memory.subarray(address, address + prepared.size))
    }
  }
}
