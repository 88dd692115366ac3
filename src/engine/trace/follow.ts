import type { Tensor } from "../../protocol/program.ts"
import { TreeBuilder } from "../../protocol/tree-builder.ts"
import type { RunSpace } from "./commitment.ts"

/** A tensor of a run in shared memory. */
export interface PlacedTensor extends Pick<Tensor, "id" | "firstLeaf"> {
  readonly space: RunSpace
  readonly offset: number
  readonly bytes: number
  /** The progress from which on it is there. */
  readonly after: number
}

/** A tree to grow, in shared memory. */
export interface TreeJob {
  readonly space: RunSpace
  readonly leafCount: number
  readonly memory: Uint8Array
}

/** What hashing threads are asked to do: see `TraceSource`. */
export interface TraceJob {
  readonly buffer: SharedArrayBuffer
  readonly progress: Int32Array
  /** One shared word: 1 when no more progress will be made. */
  readonly ended: Int32Array
  readonly trees: readonly TreeJob[]
  /** In the order in which they appear. */
  readonly tensors: readonly PlacedTensor[]
  /** One shared word for each: 1 if a thread has taken it. */
  readonly taken: Int32Array
}

/** Milliseconds after which the follower looks by itself: waking it at every step would slow down computing. */
const PATIENCE = 1

/** Hashes the tensors of a run as they appear, until it ends. Blocks its thread. */
export function followRun(job: TraceJob): void {
  hash(job, job.tensors.keys(), (tensor) => appears(job, tensor))
}

/** Hashes what no other thread has begun with of a run that has ended, beginning with the last tensor. */
export function joinRun(job: TraceJob): void {
  hash(job, [...job.tensors.keys()].toReversed(), ({ after }) => Atomics.load(job.progress, 0) >= after)
}

function hash(job: TraceJob, order: Iterable<number>, isThere: (tensor: PlacedTensor) => boolean): void {
  const builders = new Map(
    job.trees.map(({ space, leafCount, memory }) => [space, new TreeBuilder(leafCount, memory)]),
  )
  for (const at of order) {
    const tensor = job.tensors[at]
    if (isThere(tensor) && Atomics.exchange(job.taken, at, 1) === 0)
      builders.get(tensor.space)!.addTensor(tensor, new Uint8Array(job.buffer, tensor.offset, tensor.bytes))
  }
}

/** Waits for a tensor. False if the run ends without it. */
function appears({ progress, ended }: TraceJob, { after }: PlacedTensor): boolean {
  for (;;) {
    // In this order: what was reached before the end counts.
    const isOver = Atomics.load(ended, 0) === 1
    const reached = Atomics.load(progress, 0)
    if (reached >= after) return true
    if (isOver) return false
    Atomics.wait(progress, 0, reached, PATIENCE)
  }
}
