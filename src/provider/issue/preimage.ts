import { TypedDataEncoder, concat, getBytes } from "ethers"
import { RECEIPT_TYPES, type Receipt, type Registry, receiptDomain } from "../../protocol/receipt.ts"

/** 0x1901, domain and struct hash: what a key signs the Keccak-256 hash of. */
export function receiptPreimage(registry: Registry, receipt: Receipt): Uint8Array {
  const domain = TypedDataEncoder.hashDomain(receiptDomain(registry))
  return getBytes(concat(["0x1901", domain, TypedDataEncoder.from(RECEIPT_TYPES).hash(receipt)]))
}
