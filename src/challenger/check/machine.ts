import type { Alerts } from "../../service/alerts.ts"

export interface MachineOptions {
  readonly alerts: Alerts
  /** Says what is wrong with this machine, if anything is. */
  readonly selfTest: () => Promise<string | undefined>
  /** Milliseconds for which a test that was passed counts. Default 60,000. */
  readonly countsFor?: number
}

const COUNTS_FOR_MS = 60_000

/** The machine that this runs on, as far as it can be trusted. */
export class Machine {
  readonly #options: MachineOptions
  #fault: string | undefined
  /** By `performance.now()`. */
  #passedAt = -Infinity

  constructor(options: MachineOptions) {
    this.#options = options
  }

  /** What is wrong with it, in a sentence. One that was wrong once is not believed again. */
  get fault(): string | undefined {
    return this.#fault
  }

  /** Looks whether it computes what it must, if that is not known; tells the operator if it does not. */
  async examine(): Promise<string | undefined> {
    const { selfTest, countsFor = COUNTS_FOR_MS } = this.#options
    if (performance.now() - this.#passedAt < countsFor) return this.#fault
    this.#fault ??= await selfTest()
    this.#passedAt = performance.now()
    if (this.#fault === undefined) return undefined
    this.#options.alerts.raise({
      code: "SelfTestFailed",
      severity: "critical",
      message: `${this.#fault}. Nothing is judged on this machine: look at its memory, and start again`,
    })
    return this.#fault
  }

  /** Tells the operator that a receipt cannot be judged on it. */
  doubt(receiptId: string, reason: string): void {
    this.#options.alerts.raise({
      code: "ExecutionInDoubt",
      severity: "critical",
      subject: receiptId,
      message: `Receipt ${receiptId} cannot be judged: ${reason}. Nobody is accused; look at the memory of this machine, and report the model`,
      details: { receiptId },
    })
  }
}
