import { toQuantity } from "ethers"
import { OnusError } from "../../../src/protocol/errors.ts"
import type { Call } from "../../../src/sdk/calls.ts"
import type { Client } from "../../../src/sdk/client.ts"
import { call } from "../../../src/sdk/errors.ts"
import type { Wallet } from "./wallets.ts"

/** Milliseconds to wait for a transaction. */
const PATIENCE = 180_000

/** Lets the chain try a call without sending it. @throws OnusError by the name of the contract's error. */
export async function rehearse({ onus }: Client, from: string, { to, data, value }: Call): Promise<void> {
  await call(onus.runner!.provider!.call({ from, to, data, value }))
}

/**
 * Has the wallet send a call, and waits for what becomes of it.
 *
 * @returns the hash of the transaction.
 * @throws OnusError `ChainMismatch`, `TransactionReverted`, `TransactionUnknown`, or what the wallet says.
 */
export async function sendBy(
  wallet: Wallet,
  { onus, registry }: Client,
  from: string,
  { to, data, value }: Call,
): Promise<string> {
  const chain = BigInt((await wallet.request({ method: "eth_chainId" })) as string)
  if (chain !== registry.chainId)
    throw new OnusError(
      "ChainMismatch",
      `The wallet is on chain ${chain}, the registry on ${registry.chainId}`,
      {
        hint: "Switch the chain in the wallet",
      },
    )
  // The chain is in it: the wallet may be switched to another one while it asks.
  const transaction = { chainId: toQuantity(chain), from, to, data, value: toQuantity(value) }
  const hash = (await wallet.request({ method: "eth_sendTransaction", params: [transaction] })) as string
  const receipt = await onus.runner!.provider!.waitForTransaction(hash, 1, PATIENCE).catch(() => null)
  if (!receipt)
    throw new OnusError("TransactionUnknown", `Transaction ${hash} has no receipt yet`, {
      hint: "It may still be mined: look it up before sending it again",
    })
  if (receipt.status !== 1) throw new OnusError("TransactionReverted", `Transaction ${hash} was reverted`)
  return hash
}
