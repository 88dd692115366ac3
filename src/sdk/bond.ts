import type { ContractRunner } from "ethers"
import { call } from "./errors.ts"

/** A module that asks for a bond in wei which pays for an answer. */
interface Priced {
  answerPrice(): Promise<bigint>
  readonly runner: ContractRunner | null
}

/** As much gas as four answers to a demand take. Twin of `Disclosure`. */
export const DEMAND_GAS = 4_000_000n
/** As much gas as four answers to a claim take. Twin of `Omission`. */
export const CLAIM_GAS = 800_000n

/**
 * Wei to leave as bond: the price with room for two blocks of rising gas prices, an eighth each. Many nodes answer calls as if gas
 * cost nothing, and so would the contract: its price is computed here as well.
 *
 * @param asked What the contract says that an answer costs.
 * @param pricedGas So much gas at the base fee of the block is what the contract asks for at least.
 */
export function bondAt(asked: bigint, baseFee: bigint, pricedGas: bigint): bigint {
  const price = pricedGas * baseFee
  return ((price > asked ? price : asked) * 4n) / 3n
}

/** Wei to leave as bond with the next block: see {@link bondAt}. */
export async function bondFor(module: Priced, pricedGas: bigint): Promise<bigint> {
  const [asked, block] = await call(
    Promise.all([module.answerPrice(), module.runner?.provider?.getBlock("latest")]),
  )
  return bondAt(asked, block?.baseFeePerGas ?? 0n, pricedGas)
}
