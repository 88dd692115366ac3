/** What was opened, to be closed in the opposite order, whatever comes between. */
export class Opened {
  readonly #closing: { readonly name: string; readonly close: () => unknown }[] = []

  /** Takes something that must be closed; returns it. */
  add<T>(name: string, thing: T, close: (thing: T) => unknown): T {
    this.#closing.push({ name, close: () => close(thing) })
    return thing
  }

  /** Closes everything. @param failed told of what does not close; the rest is closed all the same. */
  async close(failed: (name: string, error: unknown) => void): Promise<void> {
    for (const { name, close } of this.#closing.splice(0).toReversed()) {
      try {
        await close()
      } catch (error) {
        failed(name, error)
      }
    }
  }
}
