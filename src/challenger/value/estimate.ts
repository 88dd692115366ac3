import { formatEther } from "ethers"
import type { Estimate } from "../play.ts"
import type { SpendPolicy, Way } from "./policy.ts"

/** What is known of a case before anything is spent on it. */
export interface Prospect {
  readonly way: Way
  /** Token units. */
  readonly reward: bigint
  /** Wei that will be left in all. */
  readonly bond: bigint
  readonly gas: bigint
}

const PARTS = 1_000_000
/** So much of an amount as a probability says. */
const share = (amount: bigint, probability: number): bigint =>
  (amount * BigInt(Math.round(probability * PARTS))) / BigInt(PARTS)

/**
 * What a case is expected to bring.
 *
 * @param gasPrice Wei.
 * @param unit Token units of a whole token.
 */
export function estimate(
  { way, reward, bond, gas }: Prospect,
  { price, probabilities }: Pick<SpendPolicy, "price" | "probabilities">,
  gasPrice: bigint,
  unit: bigint,
): Estimate {
  const probability = probabilities[way]
  const cost = gas * gasPrice
  const base = { way, reward, bond, gas, cost, probability }
  if (price === undefined) return base
  const worth = (reward * price) / unit
  return { ...base, value: share(worth, probability) - cost - share(bond, 1 - probability) }
}

/** Why a case is not worth its while; undefined if it is. @param show tells token units to people. */
export function refusalOf(
  { reward, value }: Pick<Estimate, "reward" | "value">,
  { minReward, minValue }: Pick<SpendPolicy, "minReward" | "minValue">,
  show: (units: bigint) => string,
): string | undefined {
  if (reward < minReward) return `The reward would be ${show(reward)}, less than ${show(minReward)}`
  if (value === undefined || value >= minValue) return undefined
  return `It is expected to bring ${formatEther(value)} ether, less than ${formatEther(minValue)}`
}
