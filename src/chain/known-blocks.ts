import { OnusError } from "../protocol/errors.ts"
import type { Block } from "./heads.ts"

/** Where blocks that are not known yet are read. */
export interface BlockReader {
  /** A block by its hash. */
  block(hash: string): Promise<Block | undefined>
  /** The block at a height in the chain of another block, by a node that has that one. */
  ancestor(block: Block, number: number): Promise<Block | undefined>
}

/** Parents that are read one after the other; a longer gap is closed by numbers. */
const LONGEST_WALK = 64
/** Blocks before the final one that are remembered, so that nodes that lag are recognised. */
const MARGIN = 64
/** The most blocks that are remembered between the final and the latest. */
const MOST = 16_384
/** The parent that Hardhat tells for blocks that it only pretends to have mined. */
const NO_PARENT = `0x${"0".repeat(64)}`

/** The chain as it was last seen, from the final block on; it may have gaps where nobody looked for long. */
export class KnownBlocks {
  readonly #blocks = new Map<number, Block>()
  #final: Block
  #latest: Block

  constructor(latest: Block, final: Block) {
    this.#final = final
    this.#latest = latest
    for (const block of [final, latest]) this.#blocks.set(block.number, block)
  }

  get latest(): Block {
    return this.#latest
  }

  get final(): Block {
    return this.#final
  }

  at(number: number): Block | undefined {
    return this.#blocks.get(number)
  }

  has({ number, hash }: Pick<Block, "number" | "hash">): boolean {
    return this.#blocks.get(number)?.hash === hash
  }

  /**
   * The path from the last block that a new one has in common with the known ones.
   *
   * @returns that block's number, and what follows on it as far as it was read, oldest first; undefined as a number when even the
   * final block is another one.
   */
  async pathTo(
    block: Block,
    reader: BlockReader,
  ): Promise<{ readonly fork: number | undefined; readonly path: readonly Block[] }> {
    const path = [block]
    for (let lowest = block; path.length <= LONGEST_WALK; path.unshift(lowest)) {
      if (this.has({ number: lowest.number - 1, hash: lowest.parentHash }))
        return { fork: lowest.number - 1, path }
      if (lowest.parentHash === NO_PARENT) break
      if (lowest.number <= this.#final.number + 1) return { fork: undefined, path }
      lowest = await parentOf(lowest, reader)
    }
    return { fork: await this.#forkByNumber(path[0], reader), path }
  }

  /** The highest known block that another one follows on, at some distance. */
  async #forkByNumber(block: Block, reader: BlockReader): Promise<number | undefined> {
    const isShared = async (number: number): Promise<boolean> => {
      const there = await reader.ancestor(block, number)
      return there !== undefined && this.has(there)
    }
    const numbers = [...this.#blocks.keys()]
      .filter((number) => number >= this.#final.number && number < block.number)
      .sort((a, b) => a - b)
    // Mostly nothing was replaced.
    if (numbers.length > 0 && (await isShared(numbers[numbers.length - 1])))
      return numbers[numbers.length - 1]
    if (numbers.length === 0 || !(await isShared(numbers[0]))) return undefined
    let [shared, other] = [0, numbers.length - 1]
    while (other - shared > 1) {
      const middle = (shared + other) >> 1
      if (await isShared(numbers[middle])) shared = middle
      else other = middle
    }
    return numbers[shared]
  }

  /** Forgets what follows the fork, and takes the path that leads from there to the new latest block. */
  follow(fork: number, path: readonly Block[]): void {
    for (const number of [...this.#blocks.keys()]) if (number > fork) this.#blocks.delete(number)
    for (const block of path) this.#blocks.set(block.number, block)
    this.#latest = path[path.length - 1]
    this.#trim()
  }

  /** Takes a later block as final; an earlier one, or one of another chain, changes nothing. */
  finalise(block: Block): void {
    const known = this.#blocks.get(block.number)
    if (block.number <= this.#final.number || block.number > this.#latest.number) return
    if (known && known.hash !== block.hash) return
    this.#blocks.set(block.number, block)
    this.#final = block
    this.#trim()
  }

  #trim(): void {
    const lowest = Math.max(this.#final.number - MARGIN, this.#latest.number - MOST)
    for (const number of [...this.#blocks.keys()])
      if (number < lowest && number !== this.#final.number) this.#blocks.delete(number)
  }
}

async function parentOf({ number, parentHash }: Block, reader: BlockReader): Promise<Block> {
  const parent = await reader.block(parentHash)
  if (parent?.number === number - 1) return parent
  throw new OnusError("BlockUnknown", `No node has the parent ${parentHash} of block ${number}`, {
    hint: "The nodes may be changing over to another chain, or be behind: it is tried again by itself",
  })
}
