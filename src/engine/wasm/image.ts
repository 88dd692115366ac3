/** Bytes that are made here and copied into linear memory later, at `base`: plans, constants, tables. */
export class Image {
  readonly base: number
  #bytes = new Uint8Array(1 << 16)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  constructor(base: number) {
    this.base = base
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** The first address behind the image. */
  get end(): number {
    return this.base + this.#length
  }

  /** The address of `size` zero bytes; a multiple of 16. */
  reserve(size: number): number {
    const at = (this.#length + 15) & ~15
    this.#length = at + size
    if (this.#length > this.#bytes.length) this.#grow()
    return this.base + at
  }

  /** The address of 32-bit words, signed or not, low byte first as in linear memory. */
  words(values: ArrayLike<number>): number {
    const address = this.reserve(values.length * 4)
    if (values instanceof Uint32Array) {
      new Uint32Array(this.#bytes.buffer, address - this.base, values.length).set(values)
      return address
    }
    for (let i = 0; i < values.length; i++) this.setWord(address + i * 4, values[i])
    return address
  }

  setWord(address: number, value: number): void {
    this.#view.setUint32(address - this.base, value, true)
  }

  setLong(address: number, value: bigint): void {
    this.#view.setBigUint64(address - this.base, BigInt.asUintN(64, value), true)
  }

  #grow(): void {
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length))
    larger.set(this.#bytes)
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}
