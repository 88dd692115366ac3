import { AbiCoder, ZeroAddress, keccak256 } from "ethers"
import { OnusError } from "../protocol/errors.ts"
import { type Receipt, receiptId, requestKey } from "../protocol/receipt.ts"
import { type Client, type Sent, send } from "./client.ts"
import { HINTS, call } from "./errors.ts"
import { Fault } from "./fault.ts"
import { inTurn } from "./in-turn.ts"

/** The parts of a payout: the consumer's, the challenger's, and nobody's. */
export type Share = "restitution" | "reward" | "burnable"

/** A share of a payout that was paid. */
export interface Claimed extends Sent {
  readonly share: Share
  /** Nobody for what was burned. */
  readonly to: string | undefined
  /** Token units. */
  readonly amount: bigint
}

export interface ClaimOptions {
  /** Which shares; by default restitution and reward, as far as they are still owed. */
  readonly shares?: readonly Share[] | undefined
  /** The convicted receipt: the contract reads off it who gets the restitution. Without it none is paid. */
  readonly receipt?: Receipt | undefined
}

/**
 * Pays out shares of a conviction, to whom they belong. Anyone may.
 *
 * @throws OnusError `PayoutEmpty`, `PayoutNotMatured`, `DisputesStopped`, `ReceiptMissing` when restitution is asked
 * for without the receipt. The error names what was paid before it.
 */
export async function claim(
  { onus }: Client,
  payoutId: string,
  { shares, receipt }: ClaimOptions = {},
): Promise<Claimed[]> {
  const due = await call(onus.payout(payoutId))
  const owed: readonly Share[] = receipt ? ["restitution", "reward"] : ["reward"]
  const wanted = shares ?? owed.filter((share) => due[share as "reward"] !== 0n)
  if (wanted.length === 0)
    throw new OnusError("PayoutEmpty", `Nothing is owed under ${payoutId}`, { hint: HINTS.PayoutEmpty })
  const pay = {
    restitution: () => onus.claimRestitution(requireReceipt(payoutId, receipt)),
    reward: () => onus.claimReward(payoutId),
    burnable: () => onus.burn(payoutId),
  }
  const to = { restitution: receipt?.consumer, reward: due.challenger, burnable: undefined }
  return inTurn(
    wanted.map((share) => async () => {
      return { ...(await send(pay[share]())), share, to: to[share], amount: due[share] }
    }),
  )
}

/**
 * Under which id a conviction of a receipt pays: the receipt's own if its bond was taken, else that of the offence.
 *
 * @throws OnusError `PayoutEmpty` when nothing was ever taken for it.
 */
export async function payoutIdOf({ onus, registry }: Client, receipt: Receipt): Promise<string> {
  const ids = [
    receiptId(registry, receipt),
    ...Object.values(Fault).map((fault) => offenceId(receipt, fault)),
  ]
  const payouts = await call(Promise.all(ids.map((id) => onus.payout(id))))
  const found = ids.find((_, i) => payouts[i].challenger !== ZeroAddress)
  if (found !== undefined) return found
  throw new OnusError("PayoutEmpty", `Nobody was convicted for receipt ${ids[0]}`, {
    hint: HINTS.PayoutEmpty,
  })
}

/** Names one fault about one request. Twin of `Payouts`. */
export function offenceId(receipt: Receipt, fault: number): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint8"], [requestKey(receipt), fault]))
}

function requireReceipt(payoutId: string, receipt: Receipt | undefined): Receipt {
  if (receipt) return receipt
  throw new OnusError(
    "ReceiptMissing",
    `Restitution under ${payoutId} is paid for a receipt, not for an id`,
    {
      hint: "Name the file with the convicted answer: it says who is owed",
    },
  )
}
