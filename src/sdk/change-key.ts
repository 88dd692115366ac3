import type { Signer } from "ethers"
import { type KeyChange, signKeyChange } from "../protocol/key-change.ts"
import type { Registry } from "../protocol/receipt.ts"
import { type Client, type Sent, send } from "./client.ts"
import { call } from "./errors.ts"
import { requireRegistry } from "./verify.ts"

/** A change of a key with its owner's signature: whoever holds it can send it, once. */
export interface SignedKeyChange {
  readonly registry: Registry
  readonly change: KeyChange
  /** 0x-prefixed; of any form that the owner, if it is a contract, takes (ERC-1271). */
  readonly signature: string
}

/**
 * Signs a change of a key as the owner of a provider: nothing is sent, and the owner needs no coin of the chain.
 *
 * @param change The next nonce of the provider is filled in unless it is given.
 */
export async function signChange(
  client: Client,
  owner: Signer,
  change: Omit<KeyChange, "nonce"> & Partial<Pick<KeyChange, "nonce">>,
): Promise<SignedKeyChange> {
  const { registry } = client
  const providers = await client.providers()
  const nonce = change.nonce ?? (await call(providers.nonces(change.provider)))
  const domain = { chainId: registry.chainId, address: await providers.getAddress() }
  const whole = { ...change, nonce }
  return { registry, change: whole, signature: await signKeyChange(domain, whole, owner) }
}

/**
 * Sends a change that an owner signed. Anyone may.
 *
 * @throws OnusError `ChainMismatch`, `RegistryMismatch`, `ChangeExpired`, `ChangeNotSigned`, `InvalidAccountNonce`
 * when it was sent before, and what `addKey` and `revokeKey` throw.
 */
export async function changeKey(
  client: Client,
  { registry, change, signature }: SignedKeyChange,
): Promise<Sent> {
  requireRegistry(client.registry, registry)
  return send((await client.providers()).changeKey(change, signature))
}
