import type { TransactionManager } from "../../chain/transactions/manager.ts"
import { openTransactions } from "../../chain/transactions/open.ts"
import type { ChallengerConfig } from "../../service/config/challenger-config.ts"
import type { Instruments } from "../../service/instruments.ts"
import type { Key } from "../../service/key.ts"
import type { SpendPolicy } from "../value/policy.ts"
import type { Foundation } from "./foundation.ts"

/** Opens what sends. Moves of disputes have the high cap, whatever else is due. */
export function openSending(
  { gas }: Pick<ChallengerConfig, "gas">,
  { log, alerts }: Pick<Instruments, "log" | "alerts">,
  { database, chain }: Pick<Foundation, "database" | "chain">,
  key: Key,
): Promise<TransactionManager> {
  const { cap, claimCap, reserve, warnBelow } = gas
  return openTransactions({
    database,
    chain,
    key,
    log,
    alerts,
    policy: {
      caps: { defence: cap, anchor: cap, claim: claimCap },
      defenceReserve: reserve,
      balanceWarning: warnBelow,
    },
  })
}

/** What may be spent, in token units and wei. @throws OnusError `ConfigInvalid`. */
export function spendPolicy(
  { spend }: Pick<ChallengerConfig, "spend">,
  { amounts }: Pick<Foundation, "amounts">,
): SpendPolicy {
  const { minReward, minValue, tokenPrice, probabilities, mostBonds, mostPerDay, payRestitution } = spend
  const least = amounts.parse("spend.min_reward", minReward)
  return {
    // Nobody plays for nothing.
    minReward: least > 1n ? least : 1n,
    minValue,
    price: tokenPrice,
    probabilities,
    mostBonds,
    mostPerDay,
    paysConsumers: payRestitution,
  }
}
