/** Stake that stands behind receipts which are signed but not anchored yet. */
export interface Cover {
  /**
   * Reserves cover for a receipt before it is signed.
   *
   * @throws OnusError `CoverExhausted` with what is left.
   */
  reserve(coverage: bigint): void
  /** Gives back what was reserved for a receipt that will not be signed. */
  free(coverage: bigint): void
  /** Says that a claim, whose cover was reserved, is durable: from now on it is counted with the journal, and not freed. */
  settled(coverage: bigint): void
  /** Token units that may still be promised. */
  readonly left: bigint
}
