/** Hands out the scratch memory of one step: offsets from where that of a thread starts. */
export class Scratch {
  #size = 0

  /** Bytes that a thread needs. */
  get size(): number {
    return this.#size
  }

  /** The offset of `size` bytes, a multiple of 16, behind which 16 more are free. */
  reserve(size: number): number {
    const at = this.#size
    this.#size = (at + size + 31) & ~15
    return at
  }
}
