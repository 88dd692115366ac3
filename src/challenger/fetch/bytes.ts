/** Bytes that come piece by piece. Pieces are copied: many small ones would hold many times their size. */
export class Bytes {
  #held = new Uint8Array(2 ** 14)
  #length = 0
  readonly #most: number

  /** @param most Whoever adds never adds more: room that doubles ends there. */
  constructor(most: number) {
    this.#most = most
  }

  get length(): number {
    return this.#length
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length
    if (length > this.#held.length) {
      const larger = new Uint8Array(Math.max(Math.min(2 * this.#held.length, this.#most), length))
      larger.set(this.#held.subarray(0, this.#length))
      this.#held = larger
    }
    this.#held.set(piece, this.#length)
    this.#length = length
  }

  /** Takes the room that is needed, once, where it is told beforehand: none is left over, and nothing is copied. */
  expect(length: number): void {
    if (this.#length === 0 && length > this.#held.length && length <= this.#most)
      this.#held = new Uint8Array(length)
  }

  all(): Uint8Array {
    return this.#held.subarray(0, this.#length)
  }
}
