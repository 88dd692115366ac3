import { Agent as HttpAgent } from "node:http"
import { Agent as HttpsAgent } from "node:https"
import { failed, refused } from "./errors.ts"
import { ConnectionStale, Exchange, type Fetched, type Outcome, type Wish } from "./exchange.ts"
import { Gate } from "./gate.ts"
import { FETCH_LIMITS, type FetchLimits, type FetchOptions } from "./limits.ts"
import { Guard } from "./lookup.ts"

/** Milliseconds that a connection is kept for the next request. */
const KEPT = 5_000

/** Gets what others serve, under hard limits: in bytes, in time, and as to where it may lie. */
export class Fetcher {
  readonly #limits: FetchLimits
  readonly #guard: Guard
  readonly #gate: Gate
  readonly #agents: Readonly<Record<string, HttpAgent>>

  constructor(options: FetchOptions = {}) {
    this.#limits = { ...FETCH_LIMITS, ...options }
    this.#guard = new Guard(options)
    this.#gate = new Gate(this.#limits.atOnce, this.#limits.waiting)
    const { lookup } = this.#guard
    const { atOnce: maxFreeSockets } = this.#limits
    const agent = { keepAlive: true, maxFreeSockets, timeout: KEPT, lookup, autoSelectFamily: true }
    const { ca } = options
    const secure = ca === undefined ? agent : { ...agent, ca }
    this.#agents = { "http:": new HttpAgent(agent), "https:": new HttpsAgent(secure) }
  }

  /**
   * Gets the whole body of an http(s) URL.
   *
   * @throws OnusError `FetchRefused`, `FetchFailed`, `FetchTooLarge`, `FetchMissing`, `ContentInvalid` when it is compressed.
   */
  async get(text: string, wish: Wish): Promise<Fetched> {
    let url = this.#checked(URL.parse(text))
    const { host } = url
    const { whole, redirects } = this.#limits
    const limit = new AbortController()
    const timer = setTimeout(
      () => limit.abort(failed(`${host} takes longer than ${whole} ms altogether`)),
      whole,
    )
    const stop = (): void => limit.abort(failed(`The answer of ${host} is not waited for any more`))
    wish.signal?.addEventListener("abort", stop)
    if (wish.signal?.aborted) stop()
    try {
      for (let hop = 0; ; hop++) {
        const outcome = await this.#visit(url, wish, limit.signal)
        if (!("location" in outcome)) return outcome
        if (hop === redirects) throw refused(`${host} redirects more than ${redirects} times`)
        url = this.#next(url, outcome.location)
      }
    } finally {
      clearTimeout(timer)
      wish.signal?.removeEventListener("abort", stop)
    }
  }

  /** Gives connections up that are kept for the next request. */
  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy()
  }

  async #visit(url: URL, wish: Wish, signal: AbortSignal): Promise<Outcome> {
    const leave = await this.#gate.enter(url.host, signal)
    try {
      for (;;) {
        const outcome = await this.#once(url, wish, signal)
        if (outcome) return outcome
      }
    } finally {
      leave()
    }
  }

  /** @returns undefined when the connection was one that the other side had just closed. */
  async #once(url: URL, wish: Wish, signal: AbortSignal): Promise<Outcome | undefined> {
    const parts = {
      agent: this.#agents[url.protocol],
      limits: this.#limits,
      allows: this.#guard.allows,
    }
    signal.throwIfAborted()
    const exchange = new Exchange(url, wish, parts)
    const abort = (): void => exchange.abort(signal.reason as Error)
    signal.addEventListener("abort", abort)
    try {
      return await exchange.outcome
    } catch (error) {
      if (error instanceof ConnectionStale) return undefined
      throw error
    } finally {
      signal.removeEventListener("abort", abort)
    }
  }

  #next(from: URL, location: string): URL {
    const url = this.#checked(URL.parse(location, from.href))
    if (from.protocol === "https:" && url.protocol === "http:")
      throw refused(`${from.host} redirects from https to http`)
    return url
  }

  #checked(url: URL | null): URL {
    if (!url || !/^https?:$/.test(url.protocol) || url.hostname === "")
      throw refused("Something is said to be where no http(s) URL leads", "Only http and https are fetched")
    if (url.username !== "" || url.password !== "")
      throw refused(`A URL of ${url.host} holds a user's name or password`)
    this.#guard.requireHost(url)
    return url
  }
}
