import type { CallOptions } from "../../chain/endpoint.ts"
import { type Receipt, receiptId } from "../../protocol/receipt.ts"
import type { Batch } from "../../protocol/batch.ts"
import { OnusError } from "../../protocol/errors.ts"
import type { Client } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"
import type { Book, KnownBatch } from "../book.ts"
import type { Anchored, Sighting } from "../sighting.ts"
import { batchFrom, receiptOf } from "./decode.ts"
import type { Told } from "./contracts.ts"
import type { Result } from "ethers"

/** Something that collateral was locked for. */
interface Anchor {
  readonly id: string
  readonly window: bigint
  readonly told: Told
  readonly batch?: Batch
  readonly receipt?: Receipt
}

/** Questions to nodes that are under way at the same time. */
const AT_ONCE = 8

/** Writes what is anchored into the book. */
export class Anchors {
  readonly #client: Pick<Client, "onus" | "registry">
  readonly #book: Book

  constructor(client: Pick<Client, "onus" | "registry">, book: Book) {
    this.#client = client
    this.#book = book
  }

  /**
   * Takes all anchors that are in a range of blocks.
   *
   * @param now Unix seconds of the chain.
   * @returns ids of all of them, known before or not.
   */
  async take(all: readonly Told[], now: number, { signal }: CallOptions): Promise<readonly string[]> {
    const anchors = all.flatMap((told) => this.#anchorOf(told) ?? [])
    const known = await this.#book.anchorsOf(anchors.map(({ id }) => id))
    const fresh = anchors.filter(({ id, told }) => known.get(id) !== told.log.blockHash)
    const batches: KnownBatch[] = []
    const sightings: Sighting[] = []
    for (let i = 0; i < fresh.length; i += AT_ONCE) {
      signal?.throwIfAborted()
      const some = fresh.slice(i, i + AT_ONCE)
      const locks = await Promise.all(some.map((anchor) => this.#lockOf(anchor)))
      for (const [at, { id, batch, receipt }] of some.entries()) {
        if (batch) batches.push({ id, batch, ...locks[at], isWhole: false, attempts: 0, nextAt: 0 })
        if (receipt) sightings.push(this.#sightingOf(receipt, locks[at]))
      }
    }
    await this.#book.seeBatches(batches)
    await this.#book.see(sightings, now)
    return anchors.map(({ id }) => id)
  }

  #sightingOf(receipt: Receipt, attested: Anchored): Sighting {
    const { registry } = this.#client
    return { signed: { registry, receipt, signature: "0x" }, attested, source: "chain" }
  }

  #anchorOf(told: Told): Anchor | undefined {
    if (told.name === "onus.BatchAnchored") {
      const batch = batchFrom(told.args)
      const { batchId } = told.args.toObject() as { readonly batchId: string }
      return { id: batchId.toLowerCase(), window: batch.window, told, batch }
    }
    if (told.name === "onus.ReceiptAttested") {
      const { receipt: encoded } = told.args.toObject() as { readonly receipt: Result }
      const receipt = receiptOf(encoded)
      const id = receiptId(this.#client.registry, receipt)
      return { id, window: receipt.challengeWindow, told, receipt }
    }
    return undefined
  }

  /** The terms of a lock never change, so that any later state tells them; old ones are not kept by most nodes. */
  async #lockOf({ id, window, told: { log } }: Anchor): Promise<Anchored> {
    const { since, stopped, untilBlock } = await call(this.#client.onus.lockOf(id))
    if (since === 0n)
      throw new OnusError(
        "LockUnseen",
        `No node shows the collateral of ${id}, anchored in block ${log.blockNumber}`,
        {
          hint: "A node is behind, or the block was undone: it is asked again",
        },
      )
    const begun = Number(since - stopped)
    return {
      block: log.blockNumber,
      blockHash: log.blockHash,
      time: Number(since),
      since: begun,
      until: begun + Number(window),
      untilBlock: Number(untilBlock),
    }
  }
}
