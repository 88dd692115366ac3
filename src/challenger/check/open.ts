import type { Alerts } from "../../service/alerts.ts"
import type { Log } from "../../service/log.ts"
import type { Execution } from "../../engine/executor.ts"
import type { Program } from "../../engine/program/program.ts"
import type { Checker, Opinion } from "../check.ts"
import type { Sources } from "../sources.ts"
import { inputLength } from "../../pool/inputs.ts"
import { Accuser } from "./accuser.ts"
import { Budget } from "./budget.ts"
import { CAPS, type Caps } from "./caps.ts"
import { compare, isEager, isSame } from "./compare.ts"
import type { CompiledModel } from "./compile.ts"
import { opinionOn } from "./doubts.ts"
import { type LibraryOptions, ModelLibrary } from "./library.ts"
import { Machine } from "./machine.ts"
import type { CheckedFile, ModelFiles } from "./model-files.ts"
import { type Question, Questions } from "./questions.ts"
import { requireRoom } from "./room.ts"
import { RunPools } from "./run-pools.ts"
import { Runner, type RunnerOptions } from "./runner.ts"
import { selfTest } from "./self-test.ts"

/** What a checker is made of. */
export interface CheckerOptions extends Pick<RunnerOptions, "runAfresh">, Pick<LibraryOptions, "compile"> {
  readonly sources: Pick<Sources, "inputs" | "bundle" | "model">
  readonly alerts: Alerts
  readonly log: Log
  readonly caps?: Partial<Caps>
  /** Says what is wrong with this machine, if anything is. */
  readonly selfTest?: () => Promise<string | undefined>
  /** Milliseconds for which a self-test that was passed counts. */
  readonly selfTestCountsFor?: number
}

/** Makes a checker. A machine that does not pass the self-test judges nothing: to each receipt it says `differs`. */
export async function openChecker(options: CheckerOptions): Promise<Checker & ModelFiles> {
  const checker = new ReexecutingChecker(options)
  await checker.examineMachine()
  return checker
}

class ReexecutingChecker implements Checker, ModelFiles {
  readonly #caps: Caps
  readonly #library: ModelLibrary
  readonly #questions: Questions
  readonly #pools: RunPools
  readonly #runner: Runner
  readonly #machine: Machine
  readonly #accuser: Accuser
  /** Many receipts are under way while few are run: providers take their time. */
  readonly #inputs: Budget

  constructor({ sources, alerts, log, runAfresh, compile, ...options }: CheckerOptions) {
    const caps = { ...CAPS, ...options.caps }
    this.#caps = caps
    this.#inputs = new Budget(caps.fetchedBytes, caps.smallBytes)
    this.#library = new ModelLibrary({ sources, caps, ...(compile ? { compile } : {}) })
    this.#questions = new Questions(sources)
    this.#pools = new RunPools({
      caps,
      onLost: (modelId, cause) => log.warn({ modelId, cause }, "A thread was lost and is replaced"),
    })
    this.#runner = new Runner({ caps, pools: this.#pools, ...(runAfresh ? { runAfresh } : {}) })
    this.#machine = new Machine({
      alerts,
      selfTest: options.selfTest ?? (() => selfTest(caps)),
      ...(options.selfTestCountsFor === undefined ? {} : { countsFor: options.selfTestCountsFor }),
    })
    this.#accuser = new Accuser({ sources, runner: this.#runner, machine: this.#machine, caps, log })
  }

  async examineMachine(): Promise<void> {
    await this.#machine.examine()
  }

  async check(known: Question): Promise<Opinion> {
    const { fault } = this.#machine
    if (fault !== undefined) return { verdict: "differs", reason: fault }
    try {
      return await this.#check(known)
    } catch (error) {
      return opinionOn(error)
    }
  }

  async runOf(known: Question): Promise<Execution> {
    const { modelId, provider } = known.signed.receipt
    const model = await this.#modelOf(modelId, provider)
    return this.#runner.kept(known.id, model, () => this.#questions.certain(known, model.program))
  }

  async programOf(modelId: string, provider: string): Promise<Program> {
    return (await this.#library.modelOf(modelId, provider)).program
  }

  fileOf(modelId: string, provider: string): Promise<CheckedFile> {
    return this.#library.fileOf(modelId, provider)
  }

  async close(): Promise<void> {
    await this.#pools.close()
    await this.#accuser.close()
  }

  async #modelOf(modelId: string, provider: string): Promise<CompiledModel> {
    const model = await this.#library.modelOf(modelId, provider)
    requireRoom(model, this.#caps)
    return model
  }

  async #check(known: Question): Promise<Opinion> {
    const { receipt } = known.signed
    const model = await this.#modelOf(receipt.modelId, receipt.provider)
    const end = await this.#inputs.take(inputLength(model.program))
    try {
      return await this.#judge(known, model)
    } finally {
      end()
    }
  }

  async #judge(known: Question, model: CompiledModel): Promise<Opinion> {
    const { receipt } = known.signed
    const trace = isEager(receipt) ? "eager" : "lazy"
    let inputs = await this.#questions.likely(known, model.program)
    let roots = await this.#runner.run(model, inputs, trace)
    if (!isSame(roots.inputRoot, receipt.inputCommitment)) {
      // Somebody has served another question; others may serve the right one.
      inputs = await this.#questions.certain(known, model.program)
      roots = await this.#runner.run(model, inputs, trace)
    }
    const difference = compare(known.signed, roots)
    if (!difference) return { verdict: "match" }
    return this.#accuser.accuse({ known, model, inputs, roots, difference })
  }
}
