import { commit } from "../../engine/trace/commitment.ts"
import { isOnusError } from "../../protocol/errors.ts"
import type { Registry } from "../../protocol/receipt.ts"
import { traceCommitment } from "../../protocol/trace.ts"
import type { Alerts } from "../../service/alerts.ts"
import type { Readiness } from "../../service/readiness.ts"
import type { Entry, Journal } from "../journal.ts"
import type { Pool } from "../../pool/pool.ts"

/** Requests that wait to be checked: of more, the oldest are let go. */
const MOST_WAITING = 16

export interface SelfCheckOptions {
  readonly registry: Registry
  readonly journal: Pick<Journal, "byRequest">
  readonly pool: Pick<Pool, "evidenceOf">
  readonly readiness: Readiness
  readonly alerts: Alerts
  /** The part of all answers that is run again: 0 to 1. */
  readonly share: number
  /** Told what came out: `match` or `mismatch`. */
  readonly count?: (verdict: "match" | "mismatch") => void
  /** From 0 up to, but not 1. */
  readonly random?: () => number
}

/**
 * Runs a share of the node's own answers again, on a thread that did not make them, and compares what was signed. A machine that
 * gives two answers to one question must not sign any more: every such receipt can cost its bond.
 */
export class SelfCheck {
  readonly #options: SelfCheckOptions
  readonly #waiting: string[] = []

  constructor(options: SelfCheckOptions) {
    this.#options = options
  }

  /** Considers an answer that was kept, by its request. */
  consider(request: string): void {
    const { share, random = Math.random } = this.#options
    if (random() >= share) return
    this.#waiting.push(request)
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift()
  }

  /** Checks the next one that waits, if any does. */
  async tick(): Promise<void> {
    const request = this.#waiting.shift()
    const entry = request === undefined ? undefined : await this.#options.journal.byRequest(request)
    if (!entry?.signed) return
    try {
      await this.#check(entry)
    } catch (error) {
      // Others need the threads: what cannot be checked now was not wrong.
      if (!isOnusError(error, "PoolBusy") && !isOnusError(error, "PoolClosed")) throw error
    }
  }

  async #check({ terms, inputs, trace, signed }: Entry): Promise<void> {
    const { pool, registry, readiness, alerts, count } = this.#options
    const { receipt, receiptId } = signed!
    const { inputRoot, outputRoot, traceRoot } = commit(await pool.evidenceOf(terms.modelId, inputs))
    const isSame =
      inputRoot === receipt.inputCommitment &&
      outputRoot === receipt.outputCommitment &&
      (trace === "lazy" || traceCommitment(registry, receipt, traceRoot) === receipt.traceCommitment)
    count?.(isSame ? "match" : "mismatch")
    if (isSame) return
    const message = `Receipt ${receiptId} was signed for an output of ${receipt.outputCommitment}; a second run gives ${outputRoot}`
    // For good: who starts the node again has looked at the machine.
    readiness.report("self-check", { code: "SelfCheckFailed", message })
    alerts.raise({
      code: "SelfCheckFailed",
      severity: "critical",
      subject: receiptId,
      message: `${message}. The node takes no more work: check the machine's memory and processor, then start it again`,
    })
  }
}
