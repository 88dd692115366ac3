import { OnusError } from "../protocol/errors.ts"
import { Space } from "../protocol/program.ts"
import { TreeBuilder } from "../protocol/tree-builder.ts"
import { Execution } from "../engine/executor.ts"
import type { Program } from "../engine/program/program.ts"
import type { RunTrees } from "../engine/trace/commitment.ts"
import { Lane, type LaneOptions } from "./lane.ts"
import type { PackedTree, Reply } from "./messages.ts"

/** Milliseconds after which a thread that nobody needs gives its memory back. */
const IDLE_MS = 30_000

/** Runs one model again for evidence, on one thread that lives as long as it is needed. */
export class EvidenceLane {
  readonly #program: Program
  readonly #options: LaneOptions
  #lane: Promise<Lane> | undefined
  #users = 0
  #idle: NodeJS.Timeout | undefined

  constructor(program: Program, options: LaneOptions) {
    this.#program = program
    this.#options = { ...options, workers: 1 }
  }

  /** @throws OnusError `PoolBusy`, `RunFailed`, `PoolClosed`, `PoolFailed`. */
  async run(inputs: Uint8Array, isUrgent: boolean): Promise<Execution> {
    if (!isUrgent && this.#users > this.#options.queue) {
      throw new OnusError("PoolBusy", `${this.#users} requests for evidence wait for this model already`, {
        hint: "Ask again a little later",
      })
    }
    clearTimeout(this.#idle)
    this.#users++
    try {
      const lane = await (this.#lane ??= this.#open())
      const [reply] = await lane.run(inputs, "kept", { isUrgent })
      return executionOf(this.#program, reply)
    } finally {
      if (--this.#users === 0) this.#idle = setTimeout(() => void this.close(), IDLE_MS).unref()
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle)
    const lane = this.#lane
    this.#lane = undefined
    await (await lane?.catch(() => undefined))?.close()
  }

  async #open(): Promise<Lane> {
    const lane = new Lane(this.#program, this.#options)
    try {
      await lane.start()
      return lane
    } catch (error) {
      this.#lane = undefined
      throw error
    }
  }
}

function executionOf(program: Program, reply: Reply): Execution {
  if (reply.kind === "failure") throw new OnusError("RunFailed", `${reply.code}: ${reply.message}`)
  if (reply.kind !== "evidence") throw new OnusError("RunFailed", "The thread gave no evidence")
  const weights = program.constants.map(({ data }) => data)
  const { trees, tensors } = reply
  const grown: RunTrees = {
    [Space.Input]: grow(trees[Space.Input]),
    [Space.Trace]: grow(trees[Space.Trace]),
    [Space.Output]: grow(trees[Space.Output]),
  }
  return new Execution(program, { ...tensors, [Space.Weights]: weights }, grown)
}

const grow = ({ leafCount, memory }: PackedTree) => new TreeBuilder(leafCount, memory).finish()
