import type { Block } from "../../chain/heads.ts"

/** Blocks that a transaction may take until it is in one. */
const BLOCKS_TO_WAIT = 6
/** How far back the slowest block is looked for. */
const REMEMBERED = 20

/** How slowly blocks come: who must be in one by some time goes the earlier. */
export class Pace {
  readonly #gaps: number[] = []
  #last: Block | undefined

  /** Takes note of a head. */
  observe(block: Block): void {
    const last = this.#last
    if (last && block.number <= last.number) return
    this.#last = block
    if (!last) return
    this.#gaps.push((block.timestamp - last.timestamp) / (block.number - last.number))
    if (this.#gaps.length > REMEMBERED) this.#gaps.shift()
  }

  /** Seconds that a transaction may take now, at least `least`. */
  margin(least: number): number {
    return Math.max(least, Math.ceil(BLOCKS_TO_WAIT * Math.max(0, ...this.#gaps)))
  }
}
