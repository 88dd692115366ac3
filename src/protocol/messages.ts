/** How many messages are put together at once: calls cost more than the bytes that they copy. */
const BATCH = 64

/**
 * Puts a prefix in front of each piece of a long array, so that it can be hashed.
 *
 * The pieces of a batch are copied together and lie side by side: each message begins in what was the end of
 * the message before, which is done with by then. Nothing is allocated per piece.
 */
export class Messages {
  readonly #pieceBytes: number
  readonly #pieces: Uint8Array
  readonly #messages: readonly Uint8Array[]
  readonly #views: readonly DataView[]

  constructor(prefixBytes: number, pieceBytes: number) {
    // Engines copy out of shared memory byte by byte unless both sides are aligned.
    const start = Math.ceil(prefixBytes / 8) * 8
    const buffer = new ArrayBuffer(start + BATCH * pieceBytes)
    const places = Array.from({ length: BATCH }, (_, i) => start - prefixBytes + i * pieceBytes)
    this.#pieceBytes = pieceBytes
    this.#pieces = new Uint8Array(buffer, start)
    this.#messages = places.map((at) => new Uint8Array(buffer, at, prefixBytes + pieceBytes))
    this.#views = places.map((at) => new DataView(buffer, at, prefixBytes))
  }

  /**
   * Calls `each` with the number of every piece of `bytes`, its message, and a view to write the prefix with.
   * The message of the last piece is shorter if the piece is.
   */
  forEach(bytes: Uint8Array, each: (piece: number, message: Uint8Array, prefix: DataView) => void): void {
    const { length } = this.#pieces
    for (let from = 0; from < bytes.length; from += length) {
      const batch = bytes.subarray(from, from + length)
      this.#pieces.set(batch)
      for (let at = 0, i = 0; at < batch.length; at += this.#pieceBytes, i++) {
        const missing = Math.max(0, at + this.#pieceBytes - batch.length)
        const message = this.#messages[i]
        each(
          from / this.#pieceBytes + i,
          missing === 0 ? message : message.subarray(0, message.length - missing),
          this.#views[i],
        )
      }
    }
  }
}
