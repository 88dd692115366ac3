import { sha1 as digest } from "@noble/hashes/legacy.js"
import { bytesToHex } from "@noble/hashes/utils.js"

/** Twin of `sha1.ts`. */
export const sha1 = (bytes: Uint8Array): string => bytesToHex(digest(bytes))
