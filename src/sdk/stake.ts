import { formatUnits } from "ethers"
import type { StakeWithdrawnEvent } from "../../types/contracts/contracts/core/Onus.js"
import { OnusError } from "../protocol/errors.ts"
import { readClocks, unixTime } from "./chain-time.ts"
import { type Client, type Sent, send } from "./client.ts"
import { call } from "./errors.ts"

/**
 * Deposits stake for the client's account; approves the token first if the allowance does not suffice.
 *
 * @throws OnusError `BalanceTooLow`, `ProviderTombstoned`.
 */
export async function deposit(client: Client, owner: string, amount: bigint): Promise<Sent> {
  const { onus, token, registry } = client
  const [allowance] = await call(
    Promise.all([token.allowance(owner, registry.address), requireBalance(client, owner, amount)]),
  )
  if (allowance < amount) await send(token.approve(registry.address, amount))
  return send(onus.deposit(amount))
}

/** Starts to take unreserved stake out; the clock of the whole thawing amount starts anew. */
export async function startThaw({ onus }: Client, amount: bigint): Promise<Sent> {
  return send(onus.startThaw(amount))
}

/**
 * Takes out what has thawed and is not frozen by open disputes.
 *
 * @returns how much that was, in token units.
 * @throws OnusError `ThawEmpty`, `ThawNotMatured`, `ThawFrozen`, `DisputesStopped`.
 */
export async function withdraw({ onus }: Client): Promise<Sent & { readonly amount: bigint }> {
  const sent = await send(onus.withdraw())
  const events = sent.receipt.logs.map((log) => onus.interface.parseLog(log))
  const event = events.find((event) => event?.name === "StakeWithdrawn")
  if (!event) throw new OnusError("EventMissing", `Transaction ${sent.hash} withdrew nothing`)
  return { ...sent, amount: (event.args as unknown as StakeWithdrawnEvent.OutputObject).amount }
}

/** Stake on its way out. Amounts are token units, times Unix seconds unless disputes are stopped in between. */
export interface Leaving {
  readonly thawing: bigint
  /** Zero if nothing thaws. */
  readonly maturesAt: bigint
  /** What open disputes keep of it, and until when. */
  readonly frozen: bigint
  readonly frozenUntil: bigint
}

/** Reads what a provider takes out, and what open disputes keep of it. */
export async function readLeaving(client: Client, provider: string): Promise<Leaving> {
  const { onus } = client
  const [thaw, freeze, moment] = await call(
    Promise.all([onus.thaw(provider), onus.freeze(provider), readClocks(client)]),
  )
  const at = (due: bigint, amount: bigint) => (amount === 0n ? 0n : unixTime(due, moment))
  const frozen = min(freeze.amount, thaw.amount)
  return {
    thawing: thaw.amount,
    maturesAt: at(thaw.maturesAt, thaw.amount),
    frozen,
    frozenUntil: at(freeze.until, frozen),
  }
}

/** Checks that an account owns so much of the stake token. @throws OnusError `BalanceTooLow`. */
export async function requireBalance({ token }: Client, owner: string, amount: bigint): Promise<void> {
  const balance = await call(token.balanceOf(owner))
  if (balance >= amount) return
  const [decimals, symbol] = await call(Promise.all([token.decimals(), token.symbol()]))
  const [has, needs] = [formatUnits(balance, decimals), formatUnits(amount, decimals)]
  throw new OnusError("BalanceTooLow", `${owner} owns ${has} ${symbol}, not ${needs}`, {
    hint: "Get more of the stake token, or give less of it",
  })
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
