import { setTimeout as sleep } from "node:timers/promises"
import type { Log } from "./log.ts"
import type { Metrics } from "./metrics/metrics.ts"

export interface WebhookOptions {
  readonly url: string
  /** Seconds for one attempt. */
  readonly timeout: number
  readonly log: Log
  readonly metrics: Metrics
  /** Milliseconds after the first attempt; each further pause is twice as long. */
  readonly pause?: number
}

const MOST_WAITING = 500
const ATTEMPTS = 8
const LONGEST_PAUSE = 60_000

/** Posts JSON to a URL, one after the other and with patience. Whoever hands something over never waits. */
export class Webhook {
  readonly #options: WebhookOptions
  readonly #waiting: { readonly body: string; readonly isUrgent: boolean }[] = []
  readonly #ending = new AbortController()
  #sending: Promise<void> | undefined

  constructor(options: WebhookOptions) {
    this.#options = options
  }

  /** Takes a message as JSON. When too many wait, the oldest one that is not urgent is dropped for it. */
  post(body: string, isUrgent: boolean): void {
    if (this.#ending.signal.aborted) return
    if (this.#waiting.length >= MOST_WAITING) {
      const least = this.#waiting.findIndex((waiting) => !waiting.isUrgent)
      this.#waiting.splice(Math.max(least, 0), 1)
      this.#options.metrics.alertDeliveries.inc({ outcome: "dropped" })
    }
    this.#waiting.push({ body, isUrgent })
    this.#sending ??= this.#send().finally(() => (this.#sending = undefined))
  }

  /** Gives what waits some more time, then gives it up. */
  async close(milliseconds: number): Promise<void> {
    const timer = setTimeout(() => this.#ending.abort(), milliseconds)
    while (this.#sending) await this.#sending
    clearTimeout(timer)
    this.#ending.abort()
  }

  async #send(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const outcome = this.#ending.signal.aborted ? "dropped" : await this.#deliver(next.body)
      this.#options.metrics.alertDeliveries.inc({ outcome })
    }
  }

  /** Tries until it worked, or was refused for good. Never throws. */
  async #deliver(body: string): Promise<"ok" | "failed" | "dropped"> {
    const { log, pause = 1000 } = this.#options
    const { signal } = this.#ending
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const wait = attempt === 0 ? 0 : Math.min(pause * 2 ** (attempt - 1), LONGEST_PAUSE)
      await sleep(wait, undefined, { signal }).catch(() => {})
      if (signal.aborted) return "dropped"
      const status = await this.#attempt(body)
      if (status >= 200 && status < 300) return "ok"
      log.warn({ status, attempt }, "An alert could not be delivered")
      if (status >= 300 && status < 500 && status !== 408 && status !== 429) return "failed"
    }
    return "failed"
  }

  /** @returns the status; 0 without an answer. */
  async #attempt(body: string): Promise<number> {
    const { url, timeout } = this.#options
    try {
      const { origin, pathname, search, username, password } = new URL(url)
      const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
        "base64",
      )
      const response = await fetch(origin + pathname + search, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(username || password ? { authorization: `Basic ${basic}` } : {}),
        },
        body,
        redirect: "manual",
        signal: AbortSignal.any([this.#ending.signal, AbortSignal.timeout(timeout * 1000)]),
      })
      await response.body?.cancel()
      return response.status
    } catch {
      return 0
    }
  }
}
