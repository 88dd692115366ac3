/** A key that signs, wherever it is kept. */
export interface Key {
  readonly address: string
  /**
   * Signs the Keccak-256 hash of some bytes: an EIP-712 preimage (0x1901, domain, struct) or an unsigned transaction.
   *
   * @returns 65 bytes, 0x-prefixed: r, s (the lower one) and v (27 or 28).
   * @throws OnusError `SignerUnavailable` when a remote signer does not answer, or not with a signature of this key.
   */
  sign(preimage: Uint8Array): Promise<string>
  /** The same at once, where the key is in this process: nobody else sees what is signed before it is handed out. */
  signHere?(preimage: Uint8Array): string
}
