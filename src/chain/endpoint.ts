import { OnusError } from "../protocol/errors.ts"
import { type RpcError, type Verdict, classify } from "./classify.ts"
import { isPlausible } from "./plausible.ts"
import { readLimited } from "./read-limited.ts"
import { type Answer, codeOf, parseAnswer, retryAfter } from "./rpc-answer.ts"
import { type Target, parseTarget } from "./url.ts"

export type { Answer } from "./rpc-answer.ts"

/** How a call of a node went, for metrics. */
export type CallOutcome =
  | "ok"
  /** An error that is an answer: a revert, a nonce too low. */
  | "error"
  | Exclude<Verdict, "answer">
  | "timeout"
  | "unreachable"
  /** Truncated JSON, a page for people, a status of HTTP, an answer to something else. */
  | "malformed"
  /** Nobody waits for it any more. */
  | "aborted"

/** One call of one node, for metrics: no value of it can hold a secret. */
export interface CallStats {
  readonly method: string
  readonly host: string
  readonly outcome: CallOutcome
  readonly milliseconds: number
}

/** A node gave no answer to a call. */
export class NoAnswer extends Error {
  readonly outcome: Exclude<CallOutcome, "ok" | "error">
  readonly host: string
  /** What the node said, if it was an error of JSON-RPC. */
  readonly error: RpcError | undefined

  constructor(host: string, outcome: NoAnswer["outcome"], detail: string, error?: RpcError) {
    super(`${host}: ${detail}`)
    this.name = "NoAnswer"
    this.host = host
    this.outcome = outcome
    this.error = error
  }
}

/** Limits of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** What an endpoint needs besides its URL. */
export interface EndpointOptions {
  /** Milliseconds that a call may take. */
  readonly timeout: number
  readonly stats?: ((call: CallStats) => void) | undefined
}

/** Outcomes that say that the URL should be left alone for a while. */
const ILL: ReadonlySet<CallOutcome> = new Set(["limited", "failing", "timeout", "unreachable", "malformed"])
/** Milliseconds that a URL is left alone after its first failure, doubled with each further one. */
const FIRST_REST = 500
const LONGEST_REST = 60_000

/** One URL of a node, and how it fares. */
export class Endpoint {
  readonly host: string
  /** The number of the latest block that it has told of. */
  height: number | undefined
  /** Whether it said the expected chain id since it last failed; `wrong` is for ever. */
  chain: "unknown" | "right" | "wrong" = "unknown"
  readonly #target: Target
  readonly #options: EndpointOptions
  #failures = 0
  #restUntil = 0
  #id = 0

  /** @throws OnusError `RpcInvalid` when it is no http(s) URL. */
  constructor(url: string, options: EndpointOptions) {
    this.#target = parseTarget(url)
    this.#options = options
    this.host = this.#target.host
  }

  /** Milliseconds for which it should still be left alone. */
  get rest(): number {
    return Math.max(0, this.#restUntil - performance.now())
  }

  get isHealthy(): boolean {
    return this.chain === "right" && this.#failures === 0
  }

  /**
   * Calls a method.
   *
   * @returns the result, or an error that is an answer.
   * @throws NoAnswer when there was none within the time limit; the URL is then left alone for a while.
   * @throws the signal's reason when it was aborted.
   */
  async ask(method: string, params: readonly unknown[], { signal }: CallOptions = {}): Promise<Answer> {
    signal?.throwIfAborted()
    const start = performance.now()
    // Not `AbortSignal.any`: a signal that lives as long as the program would remember every call.
    const limit = new AbortController()
    const abort = (): void => limit.abort()
    const timer = setTimeout(abort, this.#options.timeout)
    signal?.addEventListener("abort", abort)
    let outcome: CallOutcome = "aborted"
    try {
      const answer = await this.#call(method, params, limit.signal)
      outcome = "result" in answer ? "ok" : "error"
      this.#failures = 0
      return answer
    } catch (error) {
      signal?.throwIfAborted()
      const failure = this.#failureOf(error, limit.signal)
      outcome = failure.outcome
      // A range of logs that takes too long is the range's fault, until something else takes too long as well.
      if (ILL.has(outcome) && !(outcome === "timeout" && method === "eth_getLogs")) this.#fail(outcome)
      throw failure
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener("abort", abort)
      const { stats } = this.#options
      stats?.({ method, host: this.host, outcome, milliseconds: performance.now() - start })
    }
  }

  async #call(method: string, params: readonly unknown[], signal: AbortSignal): Promise<Answer> {
    const id = ++this.#id
    const body = JSON.stringify({ jsonrpc: "2.0", id, method, params })
    const response = await this.#post(body, signal)
    const { status } = response
    if (status === 429) {
      const penalty = retryAfter(response.headers.get("retry-after"))
      await response.body?.cancel()
      this.#restUntil = Math.max(this.#restUntil, performance.now() + penalty)
      throw this.#noAnswer("limited", "was asked too much (status 429)")
    }
    if (status >= 500 || status === 401 || status === 403) {
      await response.body?.cancel()
      throw this.#noAnswer("malformed", `answers with status ${status}`)
    }
    const answer = parseAnswer(await readLimited(response), id)
    if (!answer) throw this.#noAnswer("malformed", `answers with status ${status}, but not in JSON-RPC`)
    if ("result" in answer) {
      if (isPlausible(method, answer.result)) return answer
      throw this.#noAnswer("malformed", `answers with something else than ${method} gives`)
    }
    const error = { ...answer.error, message: this.#target.scrub(answer.error.message) }
    const verdict = classify(method, answer.error)
    if (verdict !== "answer") throw this.#noAnswer(verdict, `says ${JSON.stringify(error.message)}`, error)
    return { error }
  }

  /** Sends a request; once more when the connection was one that the other side had just closed. */
  async #post(body: string, signal: AbortSignal): Promise<Response> {
    const headers = { "content-type": "application/json", ...this.#target.headers }
    const send = () => fetch(this.#target.url, { method: "POST", headers, body, signal, redirect: "error" })
    try {
      return await send()
    } catch (error) {
      if (!/ECONNRESET|EPIPE|UND_ERR_SOCKET/.test(codeOf(error))) throw error
      return await send()
    }
  }

  #failureOf(error: unknown, limit: AbortSignal): NoAnswer {
    if (error instanceof NoAnswer) return error
    if (limit.aborted) return this.#noAnswer("timeout", `no answer in ${this.#options.timeout} ms`)
    if (error instanceof OnusError) return this.#noAnswer("malformed", error.message)
    // The library's own words may hold the URL: only the code is passed on.
    return this.#noAnswer("unreachable", `cannot be reached (${codeOf(error) || "connection broken"})`)
  }

  #noAnswer(outcome: NoAnswer["outcome"], detail: string, error?: RpcError): NoAnswer {
    return new NoAnswer(this.host, outcome, detail, error)
  }

  #fail(outcome: CallOutcome): void {
    // Something else may be there when it comes back; a limit only says that it is the same.
    if (outcome !== "limited" && this.chain === "right") this.chain = "unknown"
    // Calls that were under way together fail together, and are one failure.
    if (this.rest > 0 && this.#failures > 0) return
    const rest = Math.min(FIRST_REST * 2 ** Math.min(this.#failures++, 20), LONGEST_REST)
    // Jitter, so that many programs do not come back at once.
    this.#restUntil = Math.max(this.#restUntil, performance.now() + rest * (0.5 + Math.random() / 2))
  }
}
