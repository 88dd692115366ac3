import { bytesToHex } from "@noble/hashes/utils.js"

/** Bytes as 0x-prefixed hex; here so that threads which only compute load no library of a chain. */
export const hex = (bytes: Uint8Array): string => `0x${bytesToHex(bytes)}`
