/** Hands out the scratch memory of one step: offsets from where that of a thread starts. */
export class Scratch {
  // The operands of a chain come first.
  #size = 64

  /** Bytes that a thread needs. */
  get size(): number {
    return this.#size
  }

  /** The offset of `size` bytes, a multiple of 16, behind which 64 more are free. */
  reserve(size: number): number {
    const at = this.#size
    this.#size = (at + size + 79) & ~15
    return at
  }
}
