import { formatUnits } from "ethers"
import { OnusError } from "../protocol/errors.ts"
import { type Client, type Sent, send } from "./client.ts"
import { call } from "./errors.ts"

/**
 * Deposits stake for the client's account; approves the token first if the allowance does not suffice.
 *
 * @throws OnusError `BalanceTooLow`, `ProviderUnknown`, `ProviderTombstoned`.
 */
export async function deposit(
  { onus, token, registry }: Client,
  owner: string,
  amount: bigint,
): Promise<Sent> {
  const [balance, allowance] = await call(
    Promise.all([token.balanceOf(owner), token.allowance(owner, registry.address)]),
  )
  if (balance < amount) throw await balanceTooLow(token, owner, balance, amount)
  if (allowance < amount) await send(token.approve(registry.address, amount))
  return send(onus.deposit(amount))
}

/** Starts to take unreserved stake out; the clock of the whole thawing amount starts anew. */
export async function startThaw({ onus }: Client, amount: bigint): Promise<Sent> {
  return send(onus.startThaw(amount))
}

/** Takes the thawed stake out. @throws OnusError `ThawEmpty`, `ThawNotMatured`. */
export async function withdraw({ onus }: Client): Promise<Sent> {
  return send(onus.withdraw())
}

async function balanceTooLow(token: Client["token"], owner: string, balance: bigint, amount: bigint) {
  const [decimals, symbol] = await call(Promise.all([token.decimals(), token.symbol()]))
  const [has, needs] = [formatUnits(balance, decimals), formatUnits(amount, decimals)]
  return new OnusError("BalanceTooLow", `${owner} owns ${has} ${symbol}, not ${needs}`, {
    hint: "Get more of the stake token, or stake less",
  })
}
