import { type Transactions, Priority } from "../../chain/transactions/transactions.ts"
import type { Batch } from "../../protocol/batch.ts"
import { type OnusError, isOnusError } from "../../protocol/errors.ts"
import { anchorCall } from "../../sdk/calls.ts"
import type { Client } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"
import type { Alerts } from "../../service/alerts.ts"
import { failpoint } from "../../service/failpoint.ts"
import type { Reader } from "../chain/place.ts"
import { oneByOne } from "../../service/one-by-one.ts"
import { type View, isPaused, timeOf } from "../chain/view.ts"
import type { BatchRecord, Journal, Waiting } from "../journal.ts"
import { type AnchoringLimits, dueReason } from "./due.ts"
import { Pace } from "./pace.ts"
import { assignBatch, fitting } from "./prepare.ts"
import { Retries } from "../../service/retries.ts"
import { type Refusal, settlementOf } from "./settlement.ts"

/** Batches that are put together for one group in one turn; then other work has its turn. */
const BATCHES_PER_TURN = 4
/** Seconds from a clean end until another process takes over, at the longest: what is due earlier is anchored before. */
const ABSENCE = 3600

/** What anchoring works with. */
export interface AnchorerOptions {
  readonly journal: Journal
  readonly transactions: Transactions
  readonly client: Pick<Client, "onus">
  readonly reader: Reader
  readonly alerts: Alerts
  readonly limits: AnchoringLimits
  readonly cover: { readonly isNearlyUsed: boolean }
  /** The first block that can hold an anchor of the provider. */
  readonly fromBlock: number
}

/** Puts receipts into batches, and batches on the chain, each once. */
export class Anchorer {
  readonly #options: AnchorerOptions
  readonly #pace = new Pace()
  readonly #retries = new Retries()
  readonly #submitted = new Set<string>()
  readonly #urgent = new Set<string>()

  constructor(options: AnchorerOptions) {
    this.#options = options
  }

  /** Has a batch anchored before everything else: somebody claims that its receipts were omitted. */
  hurry(batchId: string): void {
    this.#urgent.add(batchId)
  }

  /** Whether the batch of an intent is on-chain already, by whomever. @param key of the intent. */
  async isOnChain(key: string): Promise<boolean> {
    const { since } = await call(this.#options.client.onus.lockOf(key.replace(/^anchor:/, "")))
    return since !== 0n
  }

  /**
   * Sees to all batches, and makes new ones of what is due. Called with every head, and never twice at the same time.
   *
   * @param isLeaving whether the process is about to end: what cannot wait for the next one goes out now.
   */
  async tick(view: View, { isLeaving = false } = {}): Promise<void> {
    this.#pace.observe(view.head.latest)
    const { journal } = this.#options
    // One batch or group that cannot be dealt with must not keep the others from the chain.
    const steps = [
      async () => oneByOne(await journal.batches("assigned"), (record) => this.#follow(record, view)),
      () => this.#anchorAll(view, isLeaving),
    ]
    await oneByOne(steps, (step) => step())
  }

  /** Makes batches of everything that is due. */
  async #anchorAll(view: View, isLeaving: boolean): Promise<void> {
    if (isPaused(view) || view.state.tombstoned) return
    const { journal } = this.#options
    const onTheirWay = (await journal.batches("assigned")).filter(
      ({ batchId }) => !view.included.has(batchId),
    )
    let room = view.state.capacity - sumOf(onTheirWay)
    await oneByOne(await journal.waiting(), async (group) => {
      room -= await this.#anchorGroup(group, view, room, isLeaving)
    })
  }

  /** Makes batches of a group as long as some are due; returns the coverage that they take. */
  async #anchorGroup(group: Waiting, view: View, room: bigint, isLeaving: boolean): Promise<bigint> {
    const { journal, limits, cover } = this.#options
    const circumstances = {
      now: timeOf(view),
      margin: this.#pace.margin(limits.margin) + (isLeaving ? ABSENCE : 0),
      baseFee: view.baseFee,
      isCoverUsed: cover.isNearlyUsed,
    }
    let taken = 0n
    let { count } = group
    for (let i = 0; i < BATCHES_PER_TURN && dueReason({ ...group, count }, limits, circumstances); i++) {
      const entries = await journal.waitingEntries(group.modelId, group.window, limits.maxCount, (error) =>
        this.#tellDamage(error),
      )
      if (entries.length === 0) break
      const fit = fitting(entries, room - taken)
      this.#tellWhetherStakeIsEnough(fit.length > 0, group, view)
      if (fit.length === 0) break
      try {
        const { batchId, batch, anchorBy } = await assignBatch(journal, fit)
        taken += batch.coverage
        await this.#submit(batchId, batch, anchorBy, view)
      } catch (error) {
        // Another process was faster: the next turn sees what it has left.
        if (isOnusError(error, "AlreadyAssigned")) break
        throw error
      }
      count -= fit.length
    }
    return taken
  }

  async #submit(
    batchId: string,
    batch: Batch,
    anchorBy: bigint,
    view: View,
    isUrgent = false,
  ): Promise<void> {
    const { client, transactions, limits } = this.#options
    const early = Number(anchorBy) - this.#pace.margin(limits.margin)
    await transactions.submit({
      ...(await anchorCall(client, batch)),
      key: keyOf(batchId),
      priority: isUrgent ? Priority.Defence : Priority.Anchor,
      kind: "anchor",
      deadline: early > timeOf(view) ? early : Number(anchorBy),
    })
    this.#submitted.add(batchId)
    failpoint("submitted")
  }

  /** Sees what became of a batch, and does what follows from it. */
  async #follow(record: BatchRecord, view: View): Promise<void> {
    const { journal, transactions, alerts } = this.#options
    const { batchId, batch, anchorBy } = record
    const outcome = await transactions.outcomeOf(keyOf(batchId))
    if (outcome === undefined) {
      // After a crash it is not known whether it was submitted: the same key has no second effect.
      const isUrgent = this.#urgent.delete(batchId)
      if (isUrgent || !this.#submitted.has(batchId))
        await this.#submit(batchId, batch, anchorBy, view, isUrgent)
      this.#tellIfMissed(record, view)
      return
    }
    const settlement = await settlementOf(this.#options, record, outcome, view)
    if (settlement.state === "anchored") {
      await journal.anchored(batchId, settlement.place)
      failpoint("anchored")
      await transactions.forget(keyOf(batchId))
      this.#submitted.delete(batchId)
      this.#retries.forget(batchId)
      for (const code of ["AnchorRefused", "StakeTooLow", "AnchorMissed"]) alerts.resolve(code, batchId)
    } else if (settlement.state === "refused") await this.#retry(record, settlement, view)
  }

  /** What was refused is tried again, later and later: most reasons pass, or somebody makes them. */
  async #retry(record: BatchRecord, settlement: Refusal, view: View): Promise<void> {
    const { journal, transactions, alerts } = this.#options
    const { batchId, batch, anchorBy } = record
    this.#tellIfMissed(record, view)
    if (settlement.code !== "AnchorsPaused") {
      alerts.raise({
        code: settlement.code === "StakeTooLow" ? "StakeTooLow" : "AnchorRefused",
        severity: "critical",
        subject: batchId,
        message: `Batch ${batchId} of ${batch.count} receipts is not taken: ${settlement.reason}. It must be anchored by ${anchorBy}`,
        details: { reason: settlement.code, coverage: String(batch.coverage) },
      })
    }
    // Of what came to its end nothing can be in a block later: its receipts may go into smaller batches.
    if (settlement.code === "StakeTooLow" && batch.count > 1n && view.state.capacity > 0n) {
      await journal.dissolve(batchId)
      await transactions.forget(keyOf(batchId))
      this.#submitted.delete(batchId)
      return
    }
    if (isPaused(view)) return
    const isUrgent = this.#urgent.delete(batchId)
    if (settlement.code !== "AnchorsPaused") {
      const left = Number(anchorBy) - timeOf(view)
      if (!isUrgent && !this.#retries.isDue(batchId, timeOf(view), left)) return
      this.#retries.postpone(batchId, timeOf(view), left)
    }
    await transactions.forget(keyOf(batchId))
    await this.#submit(batchId, batch, anchorBy, view, isUrgent)
  }

  #tellDamage({ message }: OnusError): void {
    this.#options.alerts.raise({
      code: "ReceiptDamaged",
      severity: "critical",
      subject: message,
      message: `${message}. It is not anchored; all others are. Restore the newest journal before its anchorBy`,
    })
  }

  #tellIfMissed({ batchId, batch, anchorBy }: BatchRecord, view: View): void {
    if (BigInt(timeOf(view)) <= anchorBy || isPaused(view)) return
    this.#options.alerts.raise({
      code: "AnchorMissed",
      severity: "critical",
      subject: batchId,
      message: `Batch ${batchId} of ${batch.count} receipts was to be anchored by ${anchorBy}, it is ${timeOf(view)}: whoever has one of them can claim its omission. It is still being anchored`,
    })
  }

  #tellWhetherStakeIsEnough(isEnough: boolean, { modelId, anchorBy }: Waiting, { state }: View): void {
    const { alerts } = this.#options
    if (isEnough) return alerts.resolve("StakeTooLow", modelId)
    alerts.raise({
      code: "StakeTooLow",
      severity: "critical",
      subject: modelId,
      message: `Receipts of model ${modelId} must be anchored by ${anchorBy}, and stake for a coverage of ${state.capacity} units is left: add stake now`,
    })
  }
}

/** Names what is to happen with a batch. */
export const keyOf = (batchId: string): string => `anchor:${batchId}`

const sumOf = (records: readonly BatchRecord[]): bigint =>
  records.reduce((sum, { batch }) => sum + batch.coverage, 0n)
