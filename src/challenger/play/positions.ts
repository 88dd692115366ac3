import type { Head } from "../../chain/heads.ts"
import type { Chain } from "../../chain/provider.ts"
import { ToldLogs } from "../../chain/told-logs.ts"
import { type GameState, gameIn } from "../../sdk/game/read.ts"
import type { Contracts } from "./contracts.ts"

/** Games that are remembered, so that their events need not be read from the beginning with every head. */
const MOST = 500

/** Reads what was asked and answered about receipts. */
export class Positions {
  readonly #chain: Chain
  readonly #contracts: Pick<Contracts, "judge">
  readonly #told = new Map<string, ToldLogs>()

  constructor(chain: Chain, contracts: Pick<Contracts, "judge">) {
    this.#chain = chain
    this.#contracts = contracts
  }

  /** @param from The first block that can hold something about the receipt. */
  async of(receiptId: string, from: number, head: Head): Promise<Pick<GameState, "asked" | "postedRoot">> {
    const told = this.#told.get(receiptId) ?? (await this.#open(receiptId, from))
    // The one that was used last is forgotten last.
    this.#told.delete(receiptId)
    this.#told.set(receiptId, told)
    return gameIn(this.#contracts.judge, await told.upTo(head))
  }

  async #open(receiptId: string, from: number): Promise<ToldLogs> {
    const [oldest] = this.#told.keys()
    if (this.#told.size >= MOST && oldest !== undefined) this.#told.delete(oldest)
    const addresses = [await this.#contracts.judge.getAddress()]
    return new ToldLogs(this.#chain, { addresses, topics: [null, receiptId.toLowerCase()] }, from)
  }
}
