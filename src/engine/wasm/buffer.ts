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

/** Buffers start at such multiples and take such: cache lines. */
const LINE = 64

/** The bytes that a buffer takes. There may be more of them than bitwise operations can count. */
export const roomFor = (size: number): number => Math.ceil((size + SLACK) / LINE) * LINE
