import type { Tensor } from "../../protocol/program.ts"
import { TreeBuilder } from "../../protocol/tree-builder.ts"
import type { RunSpace } from "./commitment.ts"

/** A tensor of a run in shared memory. */
export interface PlacedTensor extends Pick<Tensor, "id" | "firstLeaf"> {
  readonly space: RunSpace
  readonly offset: number
  readonly bytes: number
  /** The number of finished steps from which on it is there. */
  readonly after: number
  /** Where in `kept` it is copied to, if it is. */
  readonly copy: number | undefined
}

/** A tree to grow; the digests are shared memory. */
export interface TreeJob {
  readonly space: RunSpace
  readonly leafCount: number
  readonly digests: Uint8Array
}

/** What a hashing thread is asked to do: see `TraceSource`. */
export interface TraceJob {
  readonly buffer: SharedArrayBuffer
  readonly progress: Int32Array
  /** Shared memory for tensors that are wanted after the run. */
  readonly kept: SharedArrayBuffer
  readonly trees: readonly TreeJob[]
  /** In the order in which they appear. */
  readonly tensors: readonly PlacedTensor[]
}

/** Milliseconds after which the follower looks by itself: waking it at every step would slow down computing. */
const PATIENCE = 1

/** Hashes the tensors of a run as they appear. Blocks its thread. Returns false if the run was given up. */
export function followRun({ buffer, progress, kept, trees, tensors }: TraceJob): boolean {
  const builders = new Map(
    trees.map(({ space, leafCount, digests }) => [space, new TreeBuilder(leafCount, digests)]),
  )
  for (const tensor of tensors) {
    if (!reaches(progress, tensor.after)) return false
    let bytes = new Uint8Array(buffer, tensor.offset, tensor.bytes)
    if (tensor.copy !== undefined) {
      const copy = new Uint8Array(kept, tensor.copy, tensor.bytes)
      copy.set(bytes)
      bytes = copy
    }
    builders.get(tensor.space)!.addTensor(tensor, bytes)
  }
  for (const builder of builders.values()) builder.finish()
  return true
}

function reaches(progress: Int32Array, steps: number): boolean {
  for (;;) {
    const finished = Atomics.load(progress, 0)
    if (finished >= steps) return true
    if (finished < 0) return false
    Atomics.wait(progress, 0, finished, PATIENCE)
  }
}
