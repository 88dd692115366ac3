import type { ContractRunner } from "ethers"
import { call } from "./errors.ts"

/** A module that asks for a bond in wei which pays for an answer. */
interface Priced {
  answerPrice(): Promise<bigint>
  readonly runner: ContractRunner | null
}

/**
 * Wei to leave as bond: the price with room for two blocks of rising gas prices, an eighth each. Many nodes answer calls as if gas
 * cost nothing, and so would the contract: its price is computed here as well.
 *
 * @param pricedGas So much gas at the base fee of the block is what the contract asks for at least.
 */
export async function bondFor(module: Priced, pricedGas: bigint): Promise<bigint> {
  const [asked, block] = await call(
    Promise.all([module.answerPrice(), module.runner?.provider?.getBlock("latest")]),
  )
  const price = pricedGas * (block?.baseFeePerGas ?? 0n)
  return ((price > asked ? price : asked) * 4n) / 3n
}
