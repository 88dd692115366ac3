/** Bytes that come piece by piece. Pieces are copied: many small ones would hold many times their size. */
export class Bytes {
  #held = new Uint8Array(2 ** 14)
  #length = 0

  get length(): number {
    return this.#length
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length
    if (length > this.#held.length) {
      const larger = new Uint8Array(Math.max(2 * this.#held.length, length))
      larger.set(this.#held.subarray(0, this.#length))
      this.#held = larger
    }
    this.#held.set(piece, this.#length)
    this.#length = length
  }

  all(): Uint8Array {
    return this.#held.subarray(0, this.#length)
  }
}
