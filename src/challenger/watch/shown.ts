import type { JsonRpcApiProvider, Result, TransactionDescription } from "ethers"
import type { ChainLog } from "../../chain/logs.ts"
import { Seen } from "../../chain/seen.ts"
import { DIRECT } from "../../protocol/batch.ts"
import { type Receipt, type Registry, receiptId } from "../../protocol/receipt.ts"
import type { Book } from "../book.ts"
import type { Sighting } from "../sighting.ts"
import type { Contracts, Told } from "./contracts.ts"
import { inclusionFrom, receiptOf } from "./decode.ts"

/** What looking into transactions works with. */
export interface ShownOptions {
  readonly registry: Registry
  readonly contracts: Contracts
  readonly reader: Pick<JsonRpcApiProvider, "getTransaction">
  readonly book: Pick<Book, "find">
}

/** Calls that bring a receipt along, with what vouches for it. */
const CALLS = {
  "judge.Demanded": ["demandNode", "demandChunk"],
  "omission.Claimed": ["claim"],
  "omission.Answered": ["answer"],
} as const

type Event = keyof typeof CALLS

/**
 * Receipts and places that others have shown on-chain: the contract has checked them, and they stand in the transaction only. What a
 * contract has sent on behalf of somebody is not looked into.
 */
export class Shown {
  readonly #options: ShownOptions
  readonly #seen = new Seen()

  constructor(options: ShownOptions) {
    this.#options = options
  }

  /** What events of disputes show that the book does not know. */
  async of(all: readonly Told[]): Promise<readonly Sighting[]> {
    const sightings: Sighting[] = []
    for (const told of all) {
      if (!(told.name in CALLS) || !this.#seen.isNew(told.log)) continue
      const sighting = await this.#sighting(told.name as Event, told)
      if (sighting) sightings.push(sighting)
      this.#seen.add(told.log)
    }
    return sightings
  }

  async #sighting(name: Event, { args, log }: Told): Promise<Sighting | undefined> {
    const { receiptId: id } = args.toObject() as { readonly receiptId: string }
    const known = await this.#options.book.find(id)
    const isKnown =
      name === "omission.Claimed" ? known?.signed.signature !== "0x" : (known?.inclusion ?? known?.isAttested)
    if (known && isKnown) return undefined
    const sent = await this.#sent(name, log)
    if (!sent) return undefined
    const { registry } = this.#options
    const {
      receipt: encoded,
      signature,
      inclusion,
    } = sent.args.toObject() as {
      readonly receipt: Result
      readonly signature?: string
      readonly inclusion?: Result
    }
    const receipt: Receipt = receiptOf(encoded)
    if (receiptId(registry, receipt) !== id.toLowerCase()) return undefined
    const place = inclusion && inclusionFrom(inclusion)
    return {
      signed: { registry, receipt, signature: signature ?? "0x" },
      ...(place && place.batch.count !== DIRECT.batch.count ? { inclusion: place } : {}),
      source: "chain",
    }
  }

  async #sent(
    name: Event,
    { address, transactionHash }: ChainLog,
  ): Promise<TransactionDescription | undefined> {
    const transaction = await this.#options.reader.getTransaction(transactionHash)
    if (transaction?.to?.toLowerCase() !== address) return undefined
    const { interfaces } = this.#options.contracts
    const sent = interfaces[name === "judge.Demanded" ? "judge" : "omission"].parseTransaction(transaction)
    return sent && (CALLS[name] as readonly string[]).includes(sent.name) ? sent : undefined
  }
}
