/** What a conviction could take, as the chain shows it. Amounts in token units, times in Unix seconds. */
export interface Takeable {
  /** What is still reserved for the receipt. */
  readonly bond: bigint
  /** Twice its coverage if it has collateral, else nothing. */
  readonly reserved: bigint
  readonly active: bigint
  readonly locked: bigint
  readonly thawing: bigint
  /** When the provider's last two faults were proven; zero for none. */
  readonly faults: readonly [bigint, bigint]
}

/** Seconds for which a fault makes the next one dearer. Twin of `Keys`. */
const FAULT_MEMORY = 90n * 86_400n
const STAKE_DIVISOR = 100n
const REWARD_DIVISOR = 5n

/** How many of a provider's last two faults make the next one dearer. @param time Unix seconds. */
export const recentFaults = ({ faults }: Pick<Takeable, "faults">, time: bigint): number =>
  faults.filter((at) => at !== 0n && at + FAULT_MEMORY > time).length

/** What the challenger of a first conviction of an offence gets. Twin of `IConvictions`. @param time Unix seconds. */
export function rewardOf(
  { bond, reserved, active, locked, thawing, faults }: Takeable,
  time: bigint,
): bigint {
  const recent = recentFaults({ faults }, time)
  const percent = (active + thawing) / STAKE_DIVISOR
  const punitive = (reserved > percent ? reserved : percent) << BigInt(recent)
  const free = active - locked + thawing
  return (bond + (punitive < free ? punitive : free)) / REWARD_DIVISOR
}
