/** Hands out addresses in a growing piece of memory, which are reused when they are given back. */
export class Arena {
  readonly base: number
  #end: number
  /** Free ranges below the end, in order, none next to another. */
  #free: { start: number; end: number }[] = []

  constructor(base: number) {
    this.base = base
    this.#end = base
  }

  /** The first address that was never in use. */
  get end(): number {
    return this.#end
  }

  /** Takes `size` bytes: the smallest free range that holds them, or new memory. */
  take(size: number): number {
    let best: { start: number; end: number } | undefined
    for (const range of this.#free) {
      const room = range.end - range.start
      if (room >= size && (!best || room < best.end - best.start)) best = range
    }
    if (best) {
      const { start } = best
      best.start += size
      if (best.start === best.end) this.#free = this.#free.filter((range) => range !== best)
      return start
    }
    // The last free range may reach to the end.
    const last = this.#free.at(-1)
    const start = last?.end === this.#end ? this.#free.pop()!.start : this.#end
    this.#end = start + size
    return start
  }

  /** Gives `size` bytes from `start` on back. */
  giveBack(start: number, size: number): void {
    if (size === 0) return
    const at = this.#free.findIndex((range) => range.start > start)
    const index = at === -1 ? this.#free.length : at
    const end = start + size
    const [before, behind] = [this.#free[index - 1], this.#free[index]]
    if (before?.end === start && behind?.start === end) {
      before.end = behind.end
      this.#free.splice(index, 1)
    } else if (before?.end === start) before.end = end
    else if (behind?.start === end) behind.start = start
    else this.#free.splice(index, 0, { start, end })
  }
}
