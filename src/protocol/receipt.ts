import { keccak_256 } from "@noble/hashes/sha3.js"
import {
  AbiCoder,
  Signature,
  type Signer,
  TypedDataEncoder,
  type TypedDataDomain,
  type TypedDataField,
  getBytes,
  hexlify,
  id,
  keccak256,
  recoverAddress,
} from "ethers"
import { OnusError } from "./errors.ts"
import { Words } from "./words.ts"

/** A receipt as it is signed. Twin of `contracts/types/Receipt.sol`; hashes are 0x-prefixed hex. */
export interface Receipt {
  readonly provider: string
  readonly modelId: string
  readonly requestId: string
  readonly inputCommitment: string
  readonly outputCommitment: string
  readonly traceCommitment: string
  readonly consumer: string
  /** Restitution in token units. */
  readonly coverage: bigint
  /** Unix seconds. */
  readonly issuedAt: bigint
  /** Unix seconds. */
  readonly anchorBy: bigint
  /** Seconds. */
  readonly challengeWindow: bigint
  readonly termsHash: string
}

/** Which registry a receipt is for: the part of the EIP-712 domain that differs. */
export interface Registry {
  readonly chainId: bigint
  /** Address of the `Onus` contract. */
  readonly address: string
}

/** A receipt with its provider's signature: evidence. */
export interface SignedReceipt {
  readonly registry: Registry
  readonly receipt: Receipt
  /** 65 bytes, 0x-prefixed. */
  readonly signature: string
}

export const RECEIPT_TYPES: Record<string, TypedDataField[]> = {
  Receipt: [
    { name: "provider", type: "address" },
    { name: "modelId", type: "bytes32" },
    { name: "requestId", type: "bytes32" },
    { name: "inputCommitment", type: "bytes32" },
    { name: "outputCommitment", type: "bytes32" },
    { name: "traceCommitment", type: "bytes32" },
    { name: "consumer", type: "address" },
    { name: "coverage", type: "uint128" },
    { name: "issuedAt", type: "uint64" },
    { name: "anchorBy", type: "uint64" },
    { name: "challengeWindow", type: "uint32" },
    { name: "termsHash", type: "bytes32" },
  ],
}

/** The EIP-712 domain of a registry. */
export function receiptDomain(registry: Registry): TypedDataDomain {
  return { name: "Onus", version: "1", chainId: registry.chainId, verifyingContract: registry.address }
}

/**
 * What a provider signs, by the Keccak-256 hash of it: 0x1901, the hash of the domain and that of the receipt, 66 bytes.
 *
 * @throws OnusError `ReceiptMalformed` when a field does not fit its type.
 */
export function receiptPreimage(registry: Registry, receipt: Receipt): Uint8Array {
  try {
    const preimage = new Uint8Array(66)
    preimage.set([0x19, 0x01])
    preimage.set(domainHash(registry), 2)
    preimage.set(structHash(receipt), 34)
    return preimage
  } catch (cause) {
    throw new OnusError("ReceiptMalformed", `The receipt cannot be hashed: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/**
 * The EIP-712 digest of a receipt: its id.
 *
 * @throws OnusError `ReceiptMalformed` when a field does not fit its type.
 */
export function receiptId(registry: Registry, receipt: Receipt): string {
  return hexlify(keccak_256(receiptPreimage(registry, receipt)))
}

/** Names the request that a receipt answers: equal for two receipts that must not differ. */
export function requestKey(receipt: Pick<Receipt, "provider" | "consumer" | "requestId">): string {
  const { provider, consumer, requestId } = receipt
  const words = new Words(3)
  if (words.address(provider) && words.address(consumer) && words.bytes32(requestId))
    return hexlify(keccak_256(words.bytes))
  const types = ["address", "address", "bytes32"]
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, [provider, consumer, requestId]))
}

const TYPE_HASH = id(TypedDataEncoder.from(RECEIPT_TYPES).encodeType("Receipt"))

/** Hashes a receipt without its domain: 10 times faster than ethers, which decides about every value in an unusual form. */
function structHash(receipt: Receipt): Uint8Array {
  const words = new Words(1 + RECEIPT_TYPES.Receipt.length)
  const isUsual =
    words.bytes32(TYPE_HASH) &&
    words.address(receipt.provider) &&
    words.bytes32(receipt.modelId) &&
    words.bytes32(receipt.requestId) &&
    words.bytes32(receipt.inputCommitment) &&
    words.bytes32(receipt.outputCommitment) &&
    words.bytes32(receipt.traceCommitment) &&
    words.address(receipt.consumer) &&
    words.uint(receipt.coverage, 1n << 128n) &&
    words.uint(receipt.issuedAt, 1n << 64n) &&
    words.uint(receipt.anchorBy, 1n << 64n) &&
    words.uint(receipt.challengeWindow, 1n << 32n) &&
    words.bytes32(receipt.termsHash)
  if (isUsual) return keccak_256(words.bytes)
  return getBytes(TypedDataEncoder.hashStruct("Receipt", RECEIPT_TYPES, receipt))
}

/** Hashes of domains by chain and address: a program meets one, or few. */
const domains = new Map<string, Uint8Array>()

function domainHash(registry: Registry): Uint8Array {
  const key = `${typeof registry.chainId} ${registry.chainId} ${registry.address}`
  const hash = domains.get(key) ?? getBytes(TypedDataEncoder.hashDomain(receiptDomain(registry)))
  if (domains.size >= 64) domains.clear()
  domains.set(key, hash)
  return hash
}

/** Signs a receipt with one of the provider's keys. */
export async function signReceipt(registry: Registry, receipt: Receipt, key: Signer): Promise<SignedReceipt> {
  const signature = await key.signTypedData(receiptDomain(registry), RECEIPT_TYPES, receipt)
  return { registry, receipt, signature }
}

/**
 * The address that signed. Whether it is a key of the provider is for the registry to say.
 *
 * @throws OnusError `ReceiptSignatureInvalid` when the signature is not in the one form that the contract
 * takes: 65 bytes with v 27 or 28 and the lower s.
 */
export function recoverSigner({ registry, receipt, signature }: SignedReceipt): string {
  const id = receiptId(registry, receipt)
  try {
    if (signature.toLowerCase() === Signature.from(signature).serialized) return recoverAddress(id, signature)
  } catch (cause) {
    throw malformedSignature(signature, cause)
  }
  throw malformedSignature(signature)
}

function malformedSignature(signature: string, cause?: unknown): OnusError {
  const message = `The signature ${signature} is not r, s and v in 65 bytes, with v 27 or 28 and the lower s`
  return new OnusError("ReceiptSignatureInvalid", message, {
    hint: "Ask the provider for that form, or encode it anew: the contract takes neither compact signatures nor another v",
    cause,
  })
}
