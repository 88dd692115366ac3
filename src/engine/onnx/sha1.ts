import { createHash } from "node:crypto"

/** At most so many bytes are hashed at once, as the hash function's implementation wants it. */
const STEP = 2 ** 30

/** SHA-1 as hex: ONNX files name the data beside them by it. */
export function sha1(bytes: Uint8Array): string {
  const hash = createHash("sha1")
  for (let at = 0; at < bytes.length; at += STEP) hash.update(bytes.subarray(at, at + STEP))
  return hash.digest("hex")
}
