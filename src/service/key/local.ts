import { SigningKey, computeAddress, keccak256 } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import type { Key } from "../key.ts"

/**
 * A key in this process.
 *
 * @param privateKey 0x and 64 hexadecimal digits.
 * @param source where it is from, for the error.
 * @throws OnusError `KeyMalformed`. Neither message nor cause hold the key.
 */
export function localKey(privateKey: string, source: string): Key {
  let key: SigningKey
  try {
    key = new SigningKey(privateKey)
  } catch {
    throw new OnusError("KeyMalformed", `${source} holds no private key`, {
      hint: "It must be 0x and 64 hexadecimal digits",
    })
  }
  return {
    address: computeAddress(key),
    sign: (preimage) => Promise.resolve(key.sign(keccak256(preimage)).serialized),
  }
}
