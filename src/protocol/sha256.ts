import { hash } from "node:crypto"

/** Whether long messages are hashed faster one by one than four at a time in WebAssembly. */
export const IS_NATIVE = true

/**
 * Writes the SHA-256 digest of `message` to the 32 bytes of `target` from `at` on. Imported as `#sha256`;
 * browsers get `sha256.browser.ts`.
 */
export function sha256Into(message: Uint8Array, target: Uint8Array, at: number): void {
  // As text: making a Buffer for the digest would take as long as hashing half a kilobyte.
  const digest = hash("sha256", message, "binary")
  for (let i = 0; i < 32; i++) target[at + i] = digest.charCodeAt(i)
}
