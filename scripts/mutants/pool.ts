import { type ChildProcess, fork } from "node:child_process"
import { join } from "node:path"
import type { Mutant } from "./generate.ts"
import type { Answer, Setup } from "./worker.ts"

const WORKER = join(import.meta.dirname, "worker.ts")

/** What a worker says, or that it cannot say anything any more. */
type Reply = Answer & { readonly died?: boolean }

/** A worker that is replaced when it hangs or dies. */
export class Worker {
  readonly #setup: Setup
  #child: ChildProcess | undefined
  #isEnded = false

  constructor(setup: Setup) {
    this.#setup = setup
  }

  /** Nothing if the time is over, which only a change of the contracts can be the reason of. */
  async run(mutant: Mutant, milliseconds: number): Promise<Reply | undefined> {
    if (this.#isEnded) throw new Error("The campaign is over")
    const child = (this.#child ??= this.#start())
    const { promise, resolve } = Promise.withResolvers<Reply | undefined>()
    const timer = setTimeout(() => resolve(undefined), milliseconds)
    const died = (code: number | null) => resolve({ died: true, error: `A worker ended with ${code}` })
    child.once("message", resolve as (answer: unknown) => void).once("exit", died)
    child.send(mutant)
    const answer = await promise
    clearTimeout(timer)
    child.off("message", resolve).off("exit", died)
    if (!answer || answer.died) this.#stop()
    return answer
  }

  /** For good. */
  end(): void {
    this.#isEnded = true
    this.#stop()
  }

  #stop(): void {
    if (this.#child) kill(this.#child)
    this.#child = undefined
  }

  #start(): ChildProcess {
    const stdio = ["ignore", "ignore", "inherit", "ipc"] as const
    const child = fork(WORKER, { serialization: "advanced", stdio: [...stdio], detached: true })
    child.send(this.#setup)
    return child
  }
}

/** With the tests that it may have started: it leads a group of its own. */
function kill(child: ChildProcess): void {
  const isOver = child.exitCode !== null || child.signalCode !== null
  if (process.platform === "win32" || isOver || child.pid === undefined) child.kill("SIGKILL")
  else process.kill(-child.pid, "SIGKILL")
}
