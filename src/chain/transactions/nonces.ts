/** Heads for which a chain must insist on a nonce that was used up already, by what was final. */
const PATIENCE = 16

/** Hands out the nonces of one account. */
export class Nonces {
  /** One more than the highest nonce that was used up in a final block. */
  #next: number
  /** Height at which the chain was first behind that. */
  #behindSince: number | undefined

  constructor(next: number) {
    this.#next = next
  }

  /**
   * The next nonce to sign with: the lowest that no transaction holds.
   *
   * @param count transactions of the account in the chain.
   * @param held nonces of transactions that may still get into a block.
   * @param height of the latest block.
   * @returns undefined while the chain is behind what was final before. That is a node which lags; if all of them keep saying so, the
   * chain was rewritten, and they are right.
   */
  next(count: number, held: ReadonlySet<number>, height: number): number | undefined {
    let nonce = count
    while (held.has(nonce)) nonce++
    if (nonce >= this.#next) this.#behindSince = undefined
    else if (height - (this.#behindSince ??= height) < PATIENCE) return undefined
    return nonce
  }

  /** Height since which the chain is behind. */
  get behindSince(): number | undefined {
    return this.#behindSince
  }

  /** Notes that a nonce was used up in a final block. */
  used(nonce: number): void {
    this.#next = Math.max(this.#next, nonce + 1)
  }
}
