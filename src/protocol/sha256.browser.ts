import { sha256 } from "@noble/hashes/sha2.js"

/** Twin of `sha256.ts`. */
export const IS_NATIVE = false

/** Twin of `sha256.ts` for browsers, whose own SHA-256 is asynchronous. */
export function sha256Into(message: Uint8Array, target: Uint8Array, at: number): void {
  target.set(sha256(message), at)
}
