import { type Thread, startThread } from "#thread"
import { OnusError } from "../../protocol/errors.ts"
import { Space, type Tensor, widthOf } from "../../protocol/program.ts"
import { TensorTree } from "../../protocol/tensor-tree.ts"
import { treeBytes } from "../../protocol/tree-builder.ts"
import { type Program, totalLeaves } from "../program/program.ts"
import { type RunSpace, type RunTrees, tensorsOf } from "./commitment.ts"
import type { PlacedTensor, TraceJob, TreeJob } from "./follow.ts"
import type { TraceSource } from "./source.ts"

/** A run that was hashed while it was computed. */
export interface HashedRun {
  readonly trees: RunTrees
  /** The bytes of the tensors of Trace by id: copies, in shared memory. */
  readonly trace: readonly Uint8Array[]
}

/** A run that is still being computed. */
export interface PendingTrace {
  /** @throws OnusError `TraceAbandoned`, `TraceThreadFailed`. */
  readonly hashed: Promise<HashedRun>
  /** To be called if the run fails: stops hashing it. */
  abandon(): void
}

/** Copying is much slower where source and target are not aligned alike. */
const ALIGNMENT = 64

const SPACES: readonly RunSpace[] = [Space.Input, Space.Trace, Space.Output]

/** A thread that hashes the tensors of runs while they are computed, one run after the other. */
export class TraceHasher {
  readonly #thread: Thread
  /** The runs that the thread has not answered yet. */
  readonly #waiting: PromiseWithResolvers<boolean>[] = []
  #failure: OnusError | undefined

  private constructor(thread: Thread) {
    this.#thread = thread
    thread.onMessage((finished) => this.#next()?.resolve(finished as boolean))
    thread.onError((cause) => this.#fail(cause))
  }

  /** Starts the thread. Undefined where there is no shared memory or no thread to be had. */
  static async start(): Promise<TraceHasher | undefined> {
    if (typeof SharedArrayBuffer === "undefined") return undefined
    try {
      const hasher = new TraceHasher(startThread(new URL("./worker.ts", import.meta.url)))
      await hasher.#answer()
      return hasher
    } catch {
      return undefined
    }
  }

  /** Follows a run from its beginning on. */
  follow(source: TraceSource): PendingTrace {
    const job = jobOf(source)
    this.#thread.post(job)
    const hashed = this.#answer().then((finished) => {
      if (!finished) throw new OnusError("TraceAbandoned", "The run was given up before its last step")
      return { trees: grownTrees(job.trees), trace: keptTensors(job) }
    })
    // Who abandons a run does not ask for more.
    hashed.catch(() => {})
    const abandon = () => {
      Atomics.store(source.progress, 0, -1)
      Atomics.notify(source.progress, 0)
    }
    return { hashed, abandon }
  }

  /** Ends the thread. Runs that it follows fail. */
  async close(): Promise<void> {
    this.#fail(new Error("The thread was closed"))
    await this.#thread.close()
  }

  #answer(): Promise<boolean> {
    if (this.#failure) return Promise.reject(this.#failure)
    const answer = Promise.withResolvers<boolean>()
    this.#waiting.push(answer)
    this.#thread.keep(true)
    return answer.promise
  }

  #next(): PromiseWithResolvers<boolean> | undefined {
    const first = this.#waiting.shift()
    if (this.#waiting.length === 0) this.#thread.keep(false)
    return first
  }

  #fail(cause: Error): void {
    this.#failure ??= new OnusError("TraceThreadFailed", `The hashing thread failed: ${cause.message}`, {
      cause,
    })
    while (this.#waiting.length > 0) this.#next()!.reject(this.#failure)
  }
}

function jobOf({ program, buffer, offsetOf, progress }: TraceSource): TraceJob {
  let end = 0
  const placed = (tensor: Tensor, after: number): PlacedTensor => {
    const bytes = tensor.length * widthOf(tensor.type)
    const isKept = tensor.space === Space.Trace
    const copy = isKept ? end : undefined
    if (isKept) end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
    const { id, firstLeaf } = tensor
    return { space: tensor.space as RunSpace, id, firstLeaf, offset: offsetOf(tensor), bytes, after, copy }
  }
  const inputs = program.inputs.map(({ tensor }) => placed(tensor, 0))
  const results = program.steps.map(({ output }, step) => placed(output, step + 1))
  const trees = SPACES.map((space) => treeJob(program, space))
  return { buffer, progress, kept: new SharedArrayBuffer(end), trees, tensors: [...inputs, ...results] }
}

function keptTensors({ kept, tensors }: TraceJob): Uint8Array[] {
  const byId: Uint8Array[] = []
  for (const { id, copy, bytes } of tensors)
    if (copy !== undefined) byId[id] = new Uint8Array(kept, copy, bytes)
  return byId
}

function treeJob(program: Program, space: RunSpace): TreeJob {
  const leafCount = totalLeaves(tensorsOf(program, space))
  return { space, leafCount, digests: new Uint8Array(new SharedArrayBuffer(treeBytes(leafCount))) }
}

const grownTrees = (jobs: readonly TreeJob[]): RunTrees =>
  Object.fromEntries(
    jobs.map(({ space, leafCount, digests }) => [space, new TensorTree(leafCount, digests)]),
  ) as RunTrees
