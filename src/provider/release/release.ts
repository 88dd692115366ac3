import { id, concat } from "ethers"
import { type Transactions, Priority } from "../../chain/transactions/transactions.ts"
import { releaseBatchesCall } from "../../sdk/calls.ts"
import type { Client } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"
import { type View, timeOf } from "../chain/view.ts"
import type { BatchRecord, Journal } from "../journal.ts"

/** Batches in one transaction: each takes some 60,000 gas. */
const BATCHES_PER_CALL = 50
/** Locks that are read in one turn. */
const READS_PER_TURN = 200

export interface ReleaserOptions {
  readonly journal: Pick<Journal, "batches" | "released">
  readonly transactions: Transactions
  readonly client: Pick<Client, "onus">
  readonly cover: { readonly isNearlyUsed: boolean }
  /** Whether a receipt of a batch is in a game that may go on after the batch's window. */
  readonly isDisputed: (batchId: string, view: View) => Promise<boolean>
  /** Token units: bonds that are worth less together are left until they are worth it, or cover is needed. */
  readonly minValue: bigint
}

/** What one batch's lock says. */
interface Ripe {
  readonly record: BatchRecord
  /** Token units. */
  readonly bond: bigint
}

/** Gives bonds back after the windows of their batches. */
export class Releaser {
  readonly #options: ReleaserOptions
  /** Since which block batches are seen to have nothing reserved any more. */
  readonly #empty = new Map<string, number>()
  /** Releases that are on their way, by key. */
  readonly #sent = new Set<string>()

  constructor(options: ReleaserOptions) {
    this.#options = options
  }

  /** Sees to all batches whose window may be over. Called now and then, and never twice at the same time. */
  async tick(view: View): Promise<void> {
    const { transactions } = this.#options
    for (const key of [...this.#sent]) {
      if ((await transactions.outcomeOf(key)) === undefined) return
      // Whatever became of it: the locks tell what is left to do.
      await transactions.forget(key)
      this.#sent.delete(key)
    }
    await this.#release(await this.#ripe(view))
  }

  async #release(ripe: readonly Ripe[]): Promise<void> {
    const { transactions, client, cover, minValue } = this.#options
    const value = ripe.reduce((sum, { bond }) => sum + bond, 0n)
    if (ripe.length === 0 || (value < minValue && !cover.isNearlyUsed)) return
    for (let i = 0; i < ripe.length; i += BATCHES_PER_CALL) {
      const some = ripe.slice(i, i + BATCHES_PER_CALL).map(({ record }) => record)
      const key = `release:${id(concat(some.map(({ batchId }) => batchId)))}`
      const call = await releaseBatchesCall(
        client,
        some.map(({ batch }) => batch),
      )
      await transactions.submit({ ...call, key, priority: Priority.Claim, kind: "release" })
      this.#sent.add(key)
    }
  }

  /** Batches whose window is over, by both clocks, and that have something reserved still. */
  async #ripe(view: View): Promise<Ripe[]> {
    const { journal, client } = this.#options
    const { clock } = view.state
    const ripe: Ripe[] = []
    let reads = 0
    for (const record of await journal.batches("anchored")) {
      const { batchId, batch, anchoredAt } = record
      // The registry's clock is never ahead of Unix time: what is not over by that is not over.
      if (anchoredAt && anchoredAt.time + Number(batch.window) >= timeOf(view)) continue
      if (reads++ === READS_PER_TURN) break
      const { since, stopped, untilBlock, bond } = await call(client.onus.lockOf(batchId))
      if (since === 0n) continue
      const isOver = clock > since - stopped + batch.window && BigInt(view.head.latest.number) >= untilBlock
      if (isOver && bond > 0n) ripe.push({ record, bond })
      if (bond === 0n) await this.#noteEmpty(batchId, view)
      else this.#empty.delete(batchId)
    }
    return ripe
  }

  /**
   * Nothing is left: released, by whomever, or taken; it counts when no reorganisation can undo it. Or all of it was set apart as
   * somebody disputes it: then it is over with the game.
   */
  async #noteEmpty(batchId: string, view: View): Promise<void> {
    const { head } = view
    const since = this.#empty.get(batchId) ?? head.latest.number
    this.#empty.set(batchId, since)
    if (head.final < since || (await this.#options.isDisputed(batchId, view))) return
    await this.#options.journal.released(batchId)
    this.#empty.delete(batchId)
  }
}
