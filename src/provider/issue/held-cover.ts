import type { Cover } from "../cover.ts"

/**
 * Cover that is reserved for claims of which nobody knows whether they are in the journal. If one is, it will be signed one day
 * and needs its cover; so that stays reserved until the next attempt, or the next start, tells.
 */
export class HeldCover {
  readonly #cover: Cover
  readonly #uncertain = new Map<string, bigint>()

  constructor(cover: Cover) {
    this.#cover = cover
  }

  /** A claim failed for which cover was reserved. @param mayExist it may be in the journal all the same. */
  refused(name: string, coverage: bigint, mayExist: boolean): void {
    if (mayExist && !this.#uncertain.has(name)) this.#uncertain.set(name, coverage)
    else this.#cover.free(coverage)
  }

  /** A claim is in the journal for which cover was reserved, since just now or, if it is not new, since earlier. */
  settled(name: string, coverage: bigint, isNew: boolean): void {
    const earlier = this.#uncertain.get(name)
    this.#uncertain.delete(name)
    // The first claim has its cover, wherever it was made; if it never came to be, what was held for it is free.
    if (isNew) {
      if (earlier !== undefined) this.#cover.free(earlier)
      return
    }
    this.#cover.free(coverage)
    if (earlier !== undefined) this.#cover.settled(earlier)
  }

  /** A claim was found in the journal, and is signed. */
  found(name: string): void {
    const earlier = this.#uncertain.get(name)
    this.#uncertain.delete(name)
    if (earlier !== undefined) this.#cover.settled(earlier)
  }
}
