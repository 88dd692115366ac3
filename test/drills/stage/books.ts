import { expect } from "chai"
import { receiptId, recoverSigner, requestKey } from "../../../src/protocol/receipt.ts"
import type { Client } from "../../../src/sdk/client.ts"
import { locate } from "../../../src/sdk/locate.ts"
import { brokenPromise } from "../../../src/sdk/verify.ts"
import { type Answered, type Standing, type Wishes, infer } from "./client.ts"
import { anchoredBatches, expectNoConviction, expectSingleEffects } from "./effects.ts"
import { eventually } from "./eventually.ts"
import { signingKey } from "./roles.ts"
import { readStanding } from "./wire.ts"

/** Where a node serves. */
interface Served {
  readonly url: string
}

/** What clients hold of a provider: everything that it has ever signed for them. */
export class Books {
  /** By receipt. */
  readonly #held = new Map<string, Answered>()
  /** Receipt by request. */
  readonly #answers = new Map<string, string>()

  get receipts(): readonly Answered[] {
    return [...this.#held.values()]
  }

  /** Asks, and keeps the receipt. */
  async infer(node: Served, wishes: Wishes = {}): Promise<Answered> {
    const answered = await infer(node.url, wishes)
    this.keep(answered)
    return answered
  }

  /** Asks several times at once. */
  async many(node: Served, count: number, wishes: Wishes = {}): Promise<Answered[]> {
    return Promise.all(Array.from({ length: count }, (_, i) => this.infer(node, { picture: i, ...wishes })))
  }

  /** Keeps a receipt; two contents for one request would be equivocation. */
  keep(answered: Answered): void {
    const { signed, receiptId: id } = answered
    expect(receiptId(signed.registry, signed.receipt), "the id of a receipt").to.equal(id)
    expect(recoverSigner(signed), "who signed").to.equal(signingKey.address)
    const request = requestKey(signed.receipt)
    expect(this.#answers.get(request) ?? id, `answers to request ${request}`).to.equal(id)
    this.#answers.set(request, id)
    this.#held.set(id, answered)
  }

  /** Waits until a receipt is anchored, and says where. */
  standing(
    node: Served,
    id: string,
    options: { readonly meanwhile?: () => Promise<unknown> } = {},
  ): Promise<Standing> {
    return anchoredStanding(node, id, options)
  }

  /**
   * Waits until every receipt is anchored, and sees that each one is in exactly one batch, in time, on the terms that were signed;
   * that nothing happened twice; and that nobody was convicted.
   *
   * @param others Receipts that are in the batches and in no client's hand: a crash came before the answer.
   */
  async balance(
    node: Served,
    client: Client,
    options: { readonly meanwhile?: () => Promise<unknown>; readonly others?: number } = {},
  ): Promise<void> {
    const standings: Standing[] = []
    for (const { receiptId: id } of this.#held.values())
      standings.push(await anchoredStanding(node, id, options))
    const places = new Set<string>()
    for (const standing of standings) {
      const { signed, inclusion } = standing
      this.keep({ ...standing, outputs: [] })
      const collateral = await locate(client, signed, inclusion)
      expect(collateral.assurance, "what stands behind a receipt").to.not.equal("signed")
      expect(brokenPromise(signed.receipt, collateral, inclusion)).to.equal(undefined)
      expect(collateral.convicted).to.deep.equal([])
      places.add(`${inclusion!.batch.root} ${inclusion!.index}`)
    }
    expect(places.size, "places in batches").to.equal(standings.length)
    await this.#expectNothingElse(client, options.others)
    await expectSingleEffects(client)
    await expectNoConviction(client)
  }

  /** All that was anchored are these receipts, and as many others as are known of. */
  async #expectNothingElse(client: Client, others = 0): Promise<void> {
    const batches = await anchoredBatches(client)
    const count = batches.reduce((sum, batch) => sum + Number(batch.count), 0)
    expect(count, "receipts in batches").to.equal(this.#held.size + others)
  }
}

/** Waits until the node shows where a receipt is anchored. */
function anchoredStanding(
  node: Served,
  id: string,
  { meanwhile }: { readonly meanwhile?: () => Promise<unknown> },
): Promise<Standing> {
  return eventually(
    `receipt ${id} is anchored`,
    async () => {
      const standing = await readStanding(node.url, id)
      return standing.inclusion && standing.assurance !== "signed" ? standing : undefined
    },
    meanwhile ? { meanwhile } : {},
  )
}
