import { expect } from "chai"
import type { TransactionReceipt } from "ethers"
import type { Batch } from "../../../src/protocol/batch.ts"
import { type Client } from "../../../src/sdk/client.ts"
import { owner, sendingKey } from "./roles.ts"

/** A batch as the chain has it. */
export interface AnchoredBatch extends Batch {
  readonly batchId: string
  readonly block: number
}

/** Every batch of the provider on the present chain. */
export async function anchoredBatches({ onus }: Client): Promise<AnchoredBatch[]> {
  const events = await onus.queryFilter(onus.filters.BatchAnchored(undefined, owner.address))
  return events.map(({ args, blockNumber }) => ({
    batchId: args.batchId,
    provider: args.provider,
    modelId: args.modelId,
    root: args.root,
    count: args.count,
    coverage: args.coverage,
    window: args.window,
    block: blockNumber,
  }))
}

/** Every transaction of the sending key on the present chain. */
export async function ownTransactions({ onus }: Client, from = 0) {
  const rpc = onus.runner!.provider!
  const found: { to: string; data: string; value: bigint; gasPrice: bigint; receipt: TransactionReceipt }[] =
    []
  const nonceAt = (number: number) => rpc.getTransactionCount(sendingKey.address, number)
  /** Looks through blocks of which the nonce says that something was sent in them. */
  const search = async (first: number, last: number, before: number, after: number): Promise<void> => {
    if (before === after) return
    if (first < last) {
      const middle = Math.floor((first + last) / 2)
      const nonce = await nonceAt(middle)
      await search(first, middle, before, nonce)
      return search(middle + 1, last, nonce, after)
    }
    const block = await rpc.getBlock(first, true)
    for (const transaction of block?.prefetchedTransactions ?? []) {
      if (transaction.from !== sendingKey.address) continue
      const receipt = (await rpc.getTransactionReceipt(transaction.hash))!
      const { to, data, value } = transaction
      found.push({ to: to ?? "", data, value, gasPrice: receipt.gasPrice, receipt })
    }
  }
  const last = await rpc.getBlockNumber()
  await search(from, last, from > 0 ? await nonceAt(from - 1) : 0, await nonceAt(last))
  return found
}

/** Nothing happened twice, and nothing that was sent failed. */
export async function expectSingleEffects(client: Client, from = 0): Promise<void> {
  const transactions = await ownTransactions(client, from)
  const failed = transactions.filter(({ receipt }) => receipt.status !== 1)
  expect(failed, "transactions that failed").to.deep.equal([])
  // A transaction to oneself cancels another one, and has no effect.
  const effects = transactions.filter(({ to }) => to !== sendingKey.address)
  const contents = effects.map(({ to, data }) => `${to} ${data}`)
  expect(new Set(contents).size, "transactions with an effect of their own").to.equal(contents.length)
}

/** Nobody has proven anything against the provider. */
export async function expectNoConviction({ onus }: Client): Promise<void> {
  const convictions = await onus.queryFilter(onus.filters.Convicted(undefined, owner.address))
  expect(convictions, "convictions").to.have.length(0)
}
