import { type Signer, TypedDataEncoder, type TypedDataDomain, type TypedDataField } from "ethers"
import { OnusError } from "./errors.ts"

/** What an owner signs to have a key added, or revoked if it names no roles. Twin of `IProviders.KeyChange`. */
export interface KeyChange {
  readonly provider: string
  readonly key: string
  /** Unix seconds, exclusive; means nothing when a key is revoked. */
  readonly validUntil: bigint
  /** A sum of `Role`; zero revokes. */
  readonly roles: number
  /** The provider's next nonce. */
  readonly nonce: bigint
  /** Unix seconds until which the change may be sent. */
  readonly deadline: bigint
}

/** Which `Providers` contract a change is for. */
export interface ProvidersDomain {
  readonly chainId: bigint
  /** Address of the `Providers` contract, not of the registry. */
  readonly address: string
}

export const KEY_CHANGE_TYPES: Record<string, TypedDataField[]> = {
  KeyChange: [
    { name: "provider", type: "address" },
    { name: "key", type: "address" },
    { name: "validUntil", type: "uint64" },
    { name: "roles", type: "uint8" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint64" },
  ],
}

/** The EIP-712 domain of a `Providers` contract. */
export function keyChangeDomain({ chainId, address }: ProvidersDomain): TypedDataDomain {
  return { name: "Onus Providers", version: "1", chainId, verifyingContract: address }
}

/**
 * The EIP-712 digest that the owner signs.
 *
 * @throws OnusError `KeyChangeMalformed` when a field does not fit its type.
 */
export function keyChangeDigest(providers: ProvidersDomain, change: KeyChange): string {
  try {
    return TypedDataEncoder.hash(keyChangeDomain(providers), KEY_CHANGE_TYPES, change)
  } catch (cause) {
    throw new OnusError("KeyChangeMalformed", `The change cannot be hashed: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** Signs a change as its provider's owner; needs no chain. */
export async function signKeyChange(
  providers: ProvidersDomain,
  change: KeyChange,
  owner: Signer,
): Promise<string> {
  return owner.signTypedData(keyChangeDomain(providers), KEY_CHANGE_TYPES, change)
}
