import type { Head } from "../../chain/heads.ts"
import type { Client } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"
import type { Reader } from "../chain/place.ts"
import type { Node } from "../../chain/at-block.ts"
import { type Actors, readState } from "../chain/state.ts"
import type { View } from "../chain/view.ts"
import { includedAt } from "../cover/included.ts"
import type { StakeCover } from "../cover/stake-cover.ts"
import type { Journal } from "../journal.ts"

export interface ObserverOptions {
  readonly chain: Node & Pick<Reader, "getBlock">
  readonly client: Pick<Client, "onus">
  readonly actors: Actors
  readonly journal: Pick<Journal, "batches">
  readonly cover: StakeCover
}

/** Sees how the provider stands at each head, and counts its cover by it. */
export class Observer {
  readonly #options: ObserverOptions
  #view: View | undefined

  constructor(options: ObserverOptions) {
    this.#options = options
  }

  /** What was seen last; undefined before the first time. */
  get view(): View | undefined {
    return this.#view
  }

  /** Looks at a head. */
  async observe(head: Head): Promise<View> {
    const { chain, client, actors, journal, cover } = this.#options
    const { latest } = head
    const [state, block] = await Promise.all([
      readState(chain, client, actors, latest),
      call(chain.getBlock(latest.number)),
    ])
    let included: ReadonlySet<string> = new Set()
    await cover.refresh(state, async () => {
      const assigned = await journal.batches("assigned")
      included = await includedAt(chain, client, latest, assigned)
      return assigned.reduce(
        (sum, { batchId, batch }) => sum + (included.has(batchId) ? batch.coverage : 0n),
        0n,
      )
    })
    this.#view = { head, state, included, baseFee: block?.baseFeePerGas ?? 0n }
    return this.#view
  }
}
