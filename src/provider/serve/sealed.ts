import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core"
import { getBytes } from "ethers"
import { OnusError } from "../../protocol/errors.ts"

/** RFC 9180, single shot in base mode. Numbers are those of the RFC's registries. */
export const SUITE = {
  kem: { id: 0x0020, name: "DHKEM(X25519, HKDF-SHA256)" },
  kdf: { id: 0x0001, name: "HKDF-SHA256" },
  aead: { id: 0x0002, name: "AES-256-GCM" },
} as const

/** What the bytes are: keeps one kind from being passed off as another. */
export type SealedKind = "bundle" | "opening"

/** Encrypted for the consumer of one receipt. */
export interface Sealed {
  readonly format: "onus.sealed.v1"
  readonly kind: SealedKind
  readonly receiptId: string
  readonly suite: typeof SUITE
  /** Text that HPKE binds as `info`; the receipt id's bytes are its associated data. */
  readonly info: string
  /** Base64: the encapsulated key. */
  readonly enc: string
  /** Base64. */
  readonly ciphertext: string
}

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
})

/**
 * Encrypts bytes to the consumer of a receipt: nobody else, this node's disk apart, can read them.
 *
 * @throws OnusError `EvidenceKeyInvalid` for a key of small order, which is the same for everybody.
 */
export async function seal(
  kind: SealedKind,
  receiptId: string,
  publicKey: Uint8Array,
  plaintext: Uint8Array,
): Promise<Sealed> {
  const info = `onus.sealed.v1 ${kind}`
  const recipientPublicKey = await suite.kem.deserializePublicKey(Uint8Array.from(publicKey).buffer)
  const params = { recipientPublicKey, info: new TextEncoder().encode(info) }
  const sealed = await suite.seal(params, plaintext, getBytes(receiptId)).catch((cause: unknown) => {
    const message = `Nothing can be encrypted to the key that was given for receipt ${receiptId}`
    throw new OnusError("EvidenceKeyInvalid", message, { hint: "It is no public key of X25519", cause })
  })
  return {
    format: "onus.sealed.v1",
    kind,
    receiptId,
    suite: SUITE,
    info,
    enc: Buffer.from(sealed.enc).toString("base64"),
    ciphertext: Buffer.from(sealed.ct).toString("base64"),
  }
}

/** Decrypts what {@link seal} made. @param privateKey raw. @throws an error of HPKE if anything was changed. */
export async function unseal(
  { kind, receiptId, enc, ciphertext }: Sealed,
  privateKey: Uint8Array,
): Promise<Uint8Array> {
  const recipientKey = await suite.kem.deserializePrivateKey(Uint8Array.from(privateKey).buffer)
  const params = {
    recipientKey,
    enc: Buffer.from(enc, "base64"),
    info: new TextEncoder().encode(`onus.sealed.v1 ${kind}`),
  }
  return new Uint8Array(await suite.open(params, Buffer.from(ciphertext, "base64"), getBytes(receiptId)))
}
