/** Seconds of the chain after which who has a turn, and does nothing with it, has lost it. */
const IDLE = 600

/** Lets so many cases about one provider go on at the same time: what they bring, only so many of them can have. */
export class Turns {
  readonly #most: number
  /** By provider and case: when it was last seen to use its turn. */
  readonly #taken = new Map<string, Map<string, number>>()

  constructor(most: number) {
    this.#most = most
  }

  /** Takes a turn, or keeps it. @returns whether the case has one. @param now Unix seconds of the chain. */
  take(provider: string, caseId: string, now: number, most = this.#most): boolean {
    const taken = this.#taken.get(provider) ?? new Map<string, number>()
    for (const [other, since] of taken) if (since + IDLE < now) taken.delete(other)
    if (!taken.has(caseId) && taken.size >= most) return false
    this.#taken.set(provider, taken.set(caseId, now))
    return true
  }

  /** Gives a turn to others. */
  leave(provider: string, caseId: string): void {
    const taken = this.#taken.get(provider)
    taken?.delete(caseId)
    if (taken?.size === 0) this.#taken.delete(provider)
  }
}
