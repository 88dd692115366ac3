import { OnusError, isOnusError } from "../../protocol/errors.ts"
import type { Log } from "../../service/log.ts"
import { isOutage } from "../../service/one-by-one.ts"
import { seededDraw } from "../../engine/audit/sample.ts"
import type { Execution } from "../../engine/executor.ts"
import type { Program } from "../../engine/program/program.ts"
import { type Bundle, bundleSize } from "../../sdk/bundle.ts"
import type { Opinion, Served } from "../check.ts"
import type { Sources } from "../sources.ts"
import { auditRun } from "./audit-run.ts"
import { Budget } from "./budget.ts"
import type { Caps } from "./caps.ts"
import { type Difference, type Roots, describe, isEager } from "./compare.ts"
import type { CompiledModel } from "./compile.ts"
import { inTurn } from "./in-turn.ts"
import type { Machine } from "./machine.ts"
import type { Question } from "./questions.ts"
import type { Runner } from "./runner.ts"
import { examine } from "./served.ts"

export interface AccuserOptions {
  readonly sources: Pick<Sources, "bundle">
  readonly runner: Runner
  readonly machine: Machine
  readonly caps: Caps
  readonly log: Log
}

/** A receipt that a run contradicts. */
export interface Suspicion {
  readonly known: Question
  readonly model: CompiledModel
  readonly inputs: Uint8Array
  /** Of the run. */
  readonly roots: Roots
  readonly difference: Difference
}

/** Makes a mismatch out of a suspicion, if everything confirms it: money is spent on what it says. */
export class Accuser {
  readonly #options: AccuserOptions
  /** One at a time: each takes a thread and all tensors of a run. */
  readonly #inTurn = inTurn()
  readonly #traces: Budget

  constructor(options: AccuserOptions) {
    this.#options = options
    this.#traces = new Budget(options.caps.fetchedBytes, options.caps.smallBytes)
  }

  /** @throws OnusError `RunsDiffer`, `ExecutorsDisagree`; as `Runner.kept`. */
  async accuse(suspicion: Suspicion): Promise<Opinion> {
    const { known, model } = suspicion
    const over = Promise.withResolvers<void>()
    try {
      // At once, as earlier challenges come before later ones; and in no turn, as nobody is to wait for a provider that is slow.
      const [own, bundle] = await Promise.all([
        this.#inTurn(() => this.#confirm(suspicion)),
        isEager(known.signed.receipt) ? this.#servedBundle(known, model.program, over.promise) : undefined,
      ])
      return this.#opinion(suspicion, bundle && this.#examine(known, bundle, own))
    } finally {
      over.resolve()
    }
  }

  #opinion({ model: { needs }, difference }: Suspicion, served: Served | undefined): Opinion {
    const reason = describe(difference)
    if (served) return { verdict: "mismatch", reason, proof: "shown", served }
    if (needs.isProvable) return { verdict: "mismatch", reason, proof: "hidden" }
    // Who asks for it could be shown a lie that nobody can prove.
    return {
      verdict: "differs",
      reason: `${reason}; but the model has elements that no transaction has room for`,
    }
  }

  /** Resolves when nothing is being confirmed any more. */
  async close(): Promise<void> {
    await this.#inTurn(() => Promise.resolve())
  }

  /** Runs the question once more, while the machine is looked at, and has the interpreter look at the run. */
  async #confirm({ known: { id }, model, inputs, roots }: Suspicion): Promise<Execution> {
    const { machine, runner, caps } = this.#options
    try {
      const [fault, own] = await Promise.all([
        machine.examine(),
        runner.kept(id, model, () => Promise.resolve(inputs), roots),
      ])
      if (fault !== undefined) throw new OnusError("SelfTestFailed", fault)
      const doubt = await auditRun(own, caps.auditedTerms, seededDraw(Number(id.slice(0, 10))))
      if (!doubt) return own
      const { step, element } = doubt
      throw disagree(`the run and the interpreter disagree on element ${element} of step ${step}`)
    } catch (error) {
      // A second look is not to begin with what was doubted.
      runner.forget(id)
      throw this.#told(id, error)
    }
  }

  /** What the provider itself shows. That it shows nothing is no reason to doubt a mismatch. */
  async #servedBundle(known: Question, program: Program, over: Promise<void>): Promise<Bundle | undefined> {
    const { log, caps } = this.#options
    try {
      return await within(caps.servedMs, this.#fetch(known, bundleSize({ program }), over))
    } catch (error) {
      if (!isOnusError(error) || isOutage(error)) throw error
      log.info({ receiptId: known.id, error }, "The provider serves no trace of a wrong answer")
      return undefined
    }
  }

  /** Takes memory until it is over, and until what was asked for has come: also when nobody waits for it any more. */
  async #fetch(known: Question, bytes: number, over: Promise<void>): Promise<Bundle> {
    const end = await this.#traces.take(bytes)
    const asked = this.#options.sources.bundle(known, bytes)
    void Promise.allSettled([asked, over]).then(end)
    return asked
  }

  #examine({ id, signed }: Question, bundle: Bundle, own: Execution): Served | undefined {
    try {
      return examine(signed, bundle, own)
    } catch (error) {
      throw this.#told(id, error)
    }
  }

  /** The operator hears of what should never be. */
  #told(id: string, error: unknown): unknown {
    if (isOnusError(error, "RunsDiffer") || isOnusError(error, "ExecutorsDisagree"))
      this.#options.machine.doubt(id, error.message)
    return error
  }
}

const disagree = (message: string) =>
  new OnusError("ExecutorsDisagree", message, { hint: "Do not accuse anybody with this machine" })

/** @throws OnusError `FetchFailed` when it takes longer. */
async function within<T>(milliseconds: number, act: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new OnusError("FetchFailed", `It was not there after ${milliseconds} ms`))
  }, milliseconds)
  try {
    return await Promise.race([act, late])
  } finally {
    clearTimeout(timer)
  }
}
