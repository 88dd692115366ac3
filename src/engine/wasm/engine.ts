import { OnusError } from "../../protocol/errors.ts"
import { Space, type Tensor, widthOf } from "../../protocol/program.ts"
import { Execution, type Inputs, inputBytes } from "../executor.ts"
import type { Program } from "../program/program.ts"
import { treesOf } from "../trace/commitment.ts"
import { type PendingTrace, TraceHasher } from "../trace/hasher.ts"
import { type Compiled, compile } from "./compile.ts"
import { EngineMemory } from "./engine-memory.ts"
import { kernelBytes, unshared } from "./kernels.ts"
import type { Stage } from "./stage.ts"
import { stagesOf } from "./stages.ts"
import { NEXT_WORD } from "./step-plan.ts"
import { Threads } from "./threads.ts"
import { Weights } from "./weights.ts"

/** How an engine runs. */
export interface EngineOptions {
  /** Threads that compute, this one included: 1 to 64. One where memory cannot be shared. */
  readonly threads?: number
}

/**
 * What is to be had of a run besides its outputs: nothing, in which case memory is reused; the trees of its trace,
 * hashed while it is computed; or every tensor, from which trees can be hashed and opened later.
 */
export type Trace = "none" | "eager" | "kept"

/** Where things are: what threads share, then weights. */
const SHARED = 32768
const WEIGHTS = 65536
const MAX_THREADS = 64
/** Bytes that are hashed faster than another thread is told of them. */
const FEW_BYTES = 256 * 1024

/** A program in the memory of its kernels, ready to run any number of times. */
export class Engine {
  readonly program: Program
  readonly #memory: EngineMemory
  readonly #threads: Threads
  readonly #threadCount: number
  readonly #stages: readonly (readonly Stage[])[]
  readonly #weights: Weights
  readonly #compiled = new Map<boolean, Compiled>()
  #end: number
  #hasher: Promise<TraceHasher | undefined> | undefined
  /** Runs share one memory, so they take turns. */
  #last: Promise<unknown> = Promise.resolve()
  #isClosed = false

  private constructor(
    program: Program,
    memory: EngineMemory,
    threads: Threads,
    threadCount: number,
    stages: readonly (readonly Stage[])[],
    weights: Weights,
  ) {
    this.program = program
    this.#memory = memory
    this.#threads = threads
    this.#threadCount = threadCount
    this.#stages = stages
    this.#weights = weights
    this.#end = weights.end
  }

  /**
   * Loads the constants of a program into the memory of its kernels, each in the form that they want it in.
   *
   * @throws OnusError `ProgramInvalid`, `ProgramUnsupported`, `EngineMemoryExceeded`, `EngineFailed`.
   */
  static async create(program: Program, { threads = 1 }: EngineOptions = {}): Promise<Engine> {
    const isShared = typeof SharedArrayBuffer !== "undefined"
    const wanted = Number.isNaN(threads) ? 1 : Math.floor(threads)
    const count = isShared ? Math.min(Math.max(wanted, 1), MAX_THREADS) : 1
    const stages = program.steps.map((step) => stagesOf(step, count))
    const weights = new Weights(stages.flat(), WEIGHTS)
    const memory = new EngineMemory(isShared)
    memory.reach(weights.end)
    weights.fill(program, memory.bytes)
    const bytes = await kernelBytes()
    const module = await WebAssembly.compile((isShared ? bytes : unshared(bytes)) as Uint8Array<ArrayBuffer>)
    const started = await Threads.start(module, memory, SHARED, count)
    return new Engine(program, memory, started, count, stages, weights)
  }

  /**
   * Bytes of linear memory that an engine takes for a program when it has done runs of every kind, before any of them is asked
   * for: what a program of a stranger may take is decided beforehand.
   *
   * @throws OnusError `ProgramInvalid`, `ProgramUnsupported`.
   */
  static memoryFor(program: Program, { threads = 1 }: EngineOptions = {}): number {
    const stages = program.steps.map((step) => stagesOf(step, threads))
    const weights = new Weights(stages.flat(), WEIGHTS)
    const kept = compile(program, stages, weights, weights.end, threads, true)
    return compile(program, stages, weights, kept.end, threads, false).end
  }

  /**
   * Runs the program. Inputs are read when the runs before are done; until then they must not change.
   *
   * @throws OnusError `InputMissing`, `InputUnknown`, `InputTypeMismatch`, `InputShapeMismatch`, `ProgramInvalid`,
   * `ProgramUnsupported`, `EngineMemoryExceeded`, `EngineClosed`, `EngineFailed`.
   */
  run(inputs: Inputs, trace: Trace = "none"): Promise<Execution> {
    if (this.#isClosed)
      return Promise.reject(new OnusError("EngineClosed", "The engine was closed; create another one"))
    const run = this.#last.then(() => this.#run(inputs, trace))
    this.#last = run.catch(() => {})
    return run
  }

  /** Bytes of linear memory: constants, tensors of a run, plans. */
  get memoryBytes(): number {
    return this.#end
  }

  /** Ends the threads, once the runs that were asked for are done. No others begin. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#last
    const hasher = await this.#hasher
    await Promise.all([this.#threads.close(), hasher?.close()])
  }

  async #run(inputs: Inputs, trace: Trace): Promise<Execution> {
    const given = inputBytes(this.program, inputs)
    const compiled = this.#planOf(trace !== "none")
    const pending = trace === "eager" ? await this.#follow(compiled) : undefined
    const memory = this.#memory.bytes
    this.program.inputs.forEach(({ tensor }, i) => {
      memory.set(given[i], compiled.addressOf(tensor))
      Atomics.store(this.#threads.progress, 0, i + 1 - given.length)
    })
    this.#threads.prepare(compiled, NEXT_WORD)
    let isRight = false
    try {
      isRight = this.#threads.run()
    } finally {
      if (!isRight) await pending?.abandon()
    }
    if (!isRight) throw new OnusError("ProgramInvalid", "An access leaves its tensor")
    const hashing = pending?.finish().catch(() => this.#endHasher())
    const there = (tensor: Tensor): Uint8Array => {
      const address = compiled.addressOf(tensor)
      return memory.subarray(address, address + tensor.length * widthOf(tensor.type))
    }
    const copy = (tensor: Tensor): Uint8Array => {
      // Faster than a slice of shared memory.
      const bytes = new Uint8Array(tensor.length * widthOf(tensor.type))
      bytes.set(there(tensor))
      return bytes
    }
    const outputs = this.program.outputs.map((port) => port.tensor).sort((a, b) => a.id - b.id)
    const isKept = trace === "kept"
    const tensors = {
      [Space.Input]: isKept ? this.program.inputs.map(({ tensor }) => copy(tensor)) : [],
      [Space.Weights]: this.program.constants.map(({ data }) => data),
      [Space.Trace]: isKept ? this.program.traceTensors.map(copy) : [],
      [Space.Output]: outputs.map(copy),
    }
    const trees = trace === "eager" ? ((await hashing) ?? treesOf(this.program, there)) : undefined
    return new Execution(this.program, tensors, trees)
  }

  /** Has the run that is about to begin hashed meanwhile, where that is possible and pays. */
  async #follow({ addressOf }: Compiled): Promise<PendingTrace | undefined> {
    if (this.#hashedBytes < FEW_BYTES) return undefined
    // While a run is hashed, a thread waits. When it is computed, all that computed wait.
    this.#hasher ??= TraceHasher.start(this.#threadCount)
    const hasher = await this.#hasher
    const { progress } = this.#threads
    Atomics.store(progress, 0, -this.program.inputs.length)
    const buffer = this.#memory.memory.buffer as unknown as SharedArrayBuffer
    return hasher?.follow({ program: this.program, buffer, offsetOf: addressOf, progress })
  }

  /** Ends hashing threads that failed: this thread hashes the run then, and new ones are started for the next. */
  async #endHasher(): Promise<undefined> {
    const hasher = await this.#hasher
    this.#hasher = undefined
    await hasher?.close()
  }

  /** Bytes of a run that are committed to. */
  get #hashedBytes(): number {
    const { inputs, steps } = this.program
    const tensors = [...inputs.map(({ tensor }) => tensor), ...steps.map(({ output }) => output)]
    return tensors.reduce((bytes, { length, type }) => bytes + length * widthOf(type), 0)
  }

  /** @param isReadable whether every tensor can be read after the run; memory is not reused then. */
  #planOf(isReadable: boolean): Compiled {
    const known = this.#compiled.get(isReadable)
    if (known) return known
    const compiled = compile(
      this.program,
      this.#stages,
      this.#weights,
      this.#end,
      this.#threadCount,
      isReadable,
    )
    this.#memory.reach(compiled.end)
    this.#memory.bytes.set(compiled.image.bytes, compiled.image.base)
    this.#end = compiled.end
    this.#compiled.set(isReadable, compiled)
    return compiled
  }
}
