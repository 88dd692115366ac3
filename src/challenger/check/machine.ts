import type { Alerts } from "../../service/alerts.ts"

export interface MachineOptions {
  readonly alerts: Alerts
  /** Says what is wrong with this machine, if anything is. */
  readonly selfTest: () => Promise<string | undefined>
}

/** The machine that this runs on, as far as it can be trusted. */
export class Machine {
  readonly #options: MachineOptions
  #fault: string | undefined

  constructor(options: MachineOptions) {
    this.#options = options
  }

  /** What is wrong with it, in a sentence. One that was wrong once is not believed again. */
  get fault(): string | undefined {
    return this.#fault
  }

  /** Looks whether it computes what it must; tells the operator if it does not. */
  async examine(): Promise<string | undefined> {
    this.#fault ??= await this.#options.selfTest()
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
