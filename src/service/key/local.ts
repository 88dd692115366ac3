import { SigningKey, computeAddress, concat, getBytes, keccak256 } from "ethers"
import { signRecoverable } from "tiny-secp256k1"
import { OnusError } from "../../protocol/errors.ts"
import type { Key } from "../key.ts"

/**
 * A key in this process. Signs with libsecp256k1 in WebAssembly: the same signatures as those of ethers (RFC 6979), in a third of
 * the time, which is most of what a receipt costs the thread that answers requests.
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
  const secret = getBytes(key.privateKey)
  const signHere = (preimage: Uint8Array): string => {
    const { signature, recoveryId } = signRecoverable(getBytes(keccak256(preimage)), secret)
    return concat([signature, Uint8Array.of(27 + recoveryId)])
  }
  return {
    address: computeAddress(key),
    sign: (preimage) => Promise.resolve(signHere(preimage)),
    signHere,
  }
}
