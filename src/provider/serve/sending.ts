import type { FastifyReply } from "fastify"
import { OnusError } from "../../protocol/errors.ts"

/** Milliseconds in which a client must have read what is sent to it. */
const LONGEST = 300_000

/** Calls back when a client has its answer, is gone, or was so slow that it gets no more of it. */
export function whenSent(reply: FastifyReply, then: () => void, longest = LONGEST): void {
  const timer = setTimeout(() => reply.raw.destroy(), longest).unref()
  reply.raw.once("close", () => {
    clearTimeout(timer)
    then()
  })
}

/** Bounds the bytes of answers that lie in memory until slow clients have read them. */
export class Outgoing {
  readonly #most: number
  #bytes = 0

  /** @param most Bytes of all together; one answer is sent however large it is. */
  constructor(most: number) {
    this.#most = most
  }

  /** Counts an answer until it is sent. @throws OnusError `PoolBusy` when there is no room for it. */
  add(reply: FastifyReply, bytes: number): void {
    if (this.#bytes > 0 && this.#bytes + bytes > this.#most)
      throw new OnusError("PoolBusy", "Too much is being sent already", { hint: "Ask again a little later" })
    this.#bytes += bytes
    whenSent(reply, () => (this.#bytes -= bytes))
  }
}
