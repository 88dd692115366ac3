import { formatEther } from "ethers"
import { type Node, callAt } from "../../chain/at-block.ts"
import type { Head } from "../../chain/heads.ts"
import type { Chain } from "../../chain/provider.ts"
import { OnusError } from "../../protocol/errors.ts"
import type { Client } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"
import type { Readiness } from "../../service/readiness.ts"
import type { View } from "../view.ts"

export interface ObserverOptions {
  readonly chain: Node & Pick<Chain, "getBlock">
  readonly client: Pick<Client, "onus">
  /** The account that sends; undefined for a monitor. */
  readonly account: string | undefined
  /** Wei that claims leave to the moves of disputes. */
  readonly reserve: bigint
  readonly readiness: Readiness
}

/** Sees the chain at each head as everything is decided by it. */
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
    const { chain, client, account } = this.#options
    const { latest } = head
    const [[clock], block, balance] = await Promise.all([
      callAt(chain, client.onus, latest, "clock"),
      call(chain.getBlock(latest.hash)),
      account === undefined ? undefined : this.#balanceOf(account, latest.hash),
    ])
    if (!block) throw new OnusError("BlockUnknown", `No node has block ${latest.hash} any more`)
    this.#view = { head, clock: clock as bigint, baseFee: block.baseFeePerGas ?? 0n, balance }
    this.#judgeGas(balance)
    return this.#view
  }

  async #balanceOf(account: string, blockHash: string): Promise<bigint> {
    const answer = this.#options.chain.send("eth_getBalance", [account, { blockHash }])
    return BigInt((await call(answer)) as string)
  }

  /** The alert is for the sender of transactions to raise. */
  #judgeGas(balance: bigint | undefined): void {
    const { readiness, account, reserve } = this.#options
    if (balance === undefined) return
    const message = `The sending account ${account} has ${formatEther(balance)} coins; ${formatEther(reserve)} are kept for moves of disputes`
    readiness.report("gas", balance < reserve ? { code: "GasTooLow", message } : undefined)
  }
}
