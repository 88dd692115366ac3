/** A piece of linear memory whose place is decided after everything that needs one is known. */
export class Buffer {
  readonly size: number
  #address: number | undefined

  constructor(size: number) {
    this.size = size
  }

  get address(): number {
    if (this.#address === undefined) throw new Error("A buffer is used before it has a place")
    return this.#address
  }

  place(address: number): void {
    this.#address = address
  }
}

/** Kernels may read or write a vector behind the last element. */
const SLACK = 32

/** Where buffers start, and what they take: whole cache lines. */
export const roomFor = (size: number): number => (size + SLACK + 63) & ~63
