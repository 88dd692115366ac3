import { formatEther } from "ethers"
import type { Context } from "./context.ts"
import { costOf, inFlight, lastOf } from "./work.ts"

const ALERT = "GasLow"

/** Reads the balance, and tells when it is low. */
export async function readFunds(context: Context): Promise<void> {
  const { chain, account, policy, alerts } = context
  context.balance = await chain.getBalance(account)
  const isWanting = [...context.works.values()].some(({ waiting }) => waiting === "funds")
  const isCritical = isWanting || context.balance < policy.defenceReserve
  if (!isCritical && context.balance >= policy.balanceWarning) return alerts.resolve(ALERT, account)
  alerts.raise({
    code: ALERT,
    severity: isCritical ? "critical" : "warning",
    message: `${account} has ${formatEther(context.balance)} ether left for gas; ${formatEther(policy.defenceReserve)} are reserved for answers to challenges. Send it some`,
    subject: account,
    details: { account, wei: String(context.balance) },
  })
}

/** Whether an expense, in wei, leaves enough for what is in flight and, unless it is for an answer itself, for answers to challenges. */
export function isAffordable(
  { balance, works, account, policy }: Context,
  expense: bigint,
  isForDefence: boolean,
): boolean {
  if (balance === undefined) return false
  const committed = inFlight(works.values(), account).reduce((sum, { slot, intent, refusal }) => {
    return sum + costOf(lastOf(slot), refusal ? 0n : intent.value)
  }, 0n)
  return balance - committed - expense >= (isForDefence ? 0n : policy.defenceReserve)
}
