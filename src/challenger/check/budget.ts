/** Memory for what is fetched: small things need no leave, large ones wait for each other in their order. */
export class Budget {
  readonly #most: number
  readonly #small: number
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = []
  #taken = 0

  /**
   * @param most Bytes of all large things together; one is let in however large it is.
   * @param small Bytes of what is not counted.
   */
  constructor(most: number, small: number) {
    this.#most = most
    this.#small = small
  }

  /** Waits for room. @returns what makes room again; to be called once. */
  async take(bytes: number): Promise<() => void> {
    if (bytes <= this.#small) return () => {}
    if (this.#waiting.length > 0 || !this.#fits(bytes))
      await new Promise<void>((go) => this.#waiting.push({ bytes, go }))
    else this.#taken += bytes
    return () => {
      this.#taken -= bytes
      this.#serve()
    }
  }

  #fits(bytes: number): boolean {
    return this.#taken === 0 || this.#taken + bytes <= this.#most
  }

  #serve(): void {
    for (;;) {
      const [first] = this.#waiting
      if (!first || !this.#fits(first.bytes)) return
      this.#waiting.shift()
      // Before its turn comes: nobody else may have the room meanwhile.
      this.#taken += first.bytes
      first.go()
    }
  }
}
