import { OnusError } from "../../protocol/errors.ts"
import { type ElementType, Space, type Tensor, widthOf } from "../../protocol/program.ts"
import { CHUNK_BYTES } from "../../protocol/tensor-tree.ts"
import { LOWERING_LIMITS } from "./limits.ts"
import type { Constant } from "./program.ts"
import type { Storage } from "./value.ts"

/** Numbers the tensors of a program, space by space. */
export class TensorTable {
  readonly constants: Constant[] = []
  readonly #next = new Map<Space, { id: number; leaf: number }>()
  readonly #placed = new Map<Storage, Tensor>()

  /** @throws OnusError `TensorSizeUnsupported`. */
  allocate(space: Space, type: ElementType, length: number, what: string): Tensor {
    if (!Number.isSafeInteger(length) || length < 0 || length > LOWERING_LIMITS.elements) {
      const message = `${what ? `"${what}"` : "A tensor"} has ${length} elements; at most 2^30 are supported`
      throw new OnusError("TensorSizeUnsupported", message)
    }
    const { id, leaf } = this.#next.get(space) ?? { id: 0, leaf: 0 }
    const leaves = Math.ceil((length * widthOf(type)) / CHUNK_BYTES)
    this.#next.set(space, { id: id + 1, leaf: leaf + leaves })
    return { space, type, id, firstLeaf: leaf, length }
  }

  /** The tensor of Weights that a constant is: the same one for every step that reads it. */
  place(storage: Storage): Tensor {
    const known = this.#placed.get(storage)
    if (known) return known
    const tensor = this.allocate(Space.Weights, storage.type, storage.length, "a constant")
    this.constants.push({ tensor, data: storage.bytes })
    this.#placed.set(storage, tensor)
    return tensor
  }
}
