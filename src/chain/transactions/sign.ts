import { Signature, Transaction, getBytes } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import type { Key } from "../../service/key.ts"
import type { Fees } from "./fees.ts"

/** Gas of a transfer that does nothing. */
export const TRANSFER_GAS = 21_000n

/** What is signed. */
export interface Unsigned {
  readonly chainId: bigint
  readonly nonce: number
  readonly to: string
  readonly data: string
  readonly value: bigint
  readonly gas: bigint
  readonly fees: Fees
}

/**
 * Signs a transaction of type 2.
 *
 * @throws OnusError `SignerUnavailable` when the key does not sign, or signs as somebody else.
 */
export async function signTransaction(
  key: Key,
  { fees, gas, ...call }: Unsigned,
): Promise<{ readonly hash: string; readonly raw: string }> {
  const transaction = Transaction.from({
    type: 2,
    ...call,
    gasLimit: gas,
    maxFeePerGas: fees.most,
    maxPriorityFeePerGas: fees.tip,
  })
  transaction.signature = Signature.from(await key.sign(getBytes(transaction.unsignedSerialized)))
  if (transaction.from?.toLowerCase() !== key.address.toLowerCase()) {
    throw new OnusError(
      "SignerUnavailable",
      `The signer signed as ${transaction.from}, not as ${key.address}`,
      {
        hint: "Check which key the signer holds under this address",
      },
    )
  }
  return { hash: transaction.hash!, raw: transaction.serialized }
}
