import { OnusError, isOnusError } from "../../protocol/errors.ts"
import type { Execution } from "../../engine/executor.ts"
import { commit } from "../../engine/trace/commitment.ts"
import type { RunRoots } from "../../pool/pool.ts"
import type { Caps } from "./caps.ts"
import type { CompiledModel } from "./compile.ts"
import type { Roots } from "./compare.ts"
import { runAfresh } from "./run-afresh.ts"
import { RunCache } from "./run-cache.ts"
import type { RunPools } from "./run-pools.ts"

export interface RunnerOptions {
  readonly caps: Caps
  readonly pools: RunPools
  /** Runs a question in a fresh thread. */
  readonly runAfresh?: typeof runAfresh
}

/** Runs questions: fast on threads that wait for them, or with everything kept on a thread of its own. */
export class Runner {
  readonly #options: RunnerOptions
  readonly #kept: RunCache

  constructor(options: RunnerOptions) {
    this.#options = options
    this.#kept = new RunCache(options.caps.keptBytes)
  }

  /**
   * Runs a question. Of a thread that died, or hung, it may have been the machine's fault: it has a second try.
   *
   * @throws OnusError as `Pool.rootsOf`.
   */
  run(model: CompiledModel, inputs: Uint8Array, trace: "eager" | "lazy"): Promise<RunRoots> {
    const { modelId } = model.program
    return this.#options.pools.use(model, (pool) =>
      pool.rootsOf(modelId, inputs, trace).catch((error: unknown) => {
        if (isOnusError(error, "RunFailed")) return pool.rootsOf(modelId, inputs, trace)
        throw error
      }),
    )
  }

  /**
   * Runs a question in a fresh thread and keeps every tensor. What is given was run twice, by two instances of the engine, with the
   * same result.
   *
   * @param id Of the receipt: its run is remembered.
   * @param first The roots of another run.
   * @throws OnusError `RunsDiffer`; as `Pool.rootsOf`.
   */
  async kept(
    id: string,
    model: CompiledModel,
    inputsOf: () => Promise<Uint8Array>,
    first?: Roots,
  ): Promise<Execution> {
    const { caps, runAfresh: afresh = runAfresh } = this.#options
    const own = await this.#kept.get(id, model.needs.keptBytes, async () => {
      const inputs = await inputsOf()
      const [run, other] = await Promise.all([
        afresh(model.program, inputs, caps),
        first ?? this.run(model, inputs, "eager"),
      ])
      requireSame(run, other)
      return run
    })
    // It may be remembered since before this one was made.
    if (first) requireSame(own, first)
    return own
  }

  /** Forgets the kept run of a receipt. */
  forget(id: string): void {
    this.#kept.forget(id)
  }
}

function requireSame(own: Execution, { outputRoot, traceRoot }: Roots): void {
  const roots = commit(own)
  const isTraceSame = traceRoot === undefined || traceRoot === roots.traceRoot
  if (isTraceSame && outputRoot === roots.outputRoot) return
  const [name, one, two] = isTraceSame
    ? ["outputs", outputRoot, roots.outputRoot]
    : ["traces", traceRoot, roots.traceRoot]
  throw new OnusError(
    "RunsDiffer",
    `two runs on this machine disagree: their ${name} hash to ${one} and ${two}`,
    {
      hint: "Do not accuse anybody with this machine",
    },
  )
}
