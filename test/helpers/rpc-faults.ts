import type { ServerResponse } from "node:http"

/** What a node, or whatever stands before it, can do instead of answering. */
export type Fault =
  /** The connection breaks when the request has been read. */
  | { readonly kind: "reset" }
  /** A status of HTTP, with the seconds of `Retry-After` if given. */
  | { readonly kind: "status"; readonly status: number; readonly retryAfter?: number }
  /** No answer until the fault ends; then the connection breaks. */
  | { readonly kind: "hang" }
  /** The true answer, milliseconds later. */
  | { readonly kind: "delay"; readonly milliseconds: number }
  /** The first half of the true answer. */
  | { readonly kind: "truncate" }
  /** Status 200 and a page for people. */
  | { readonly kind: "html" }
  /** A false result: `null`, `[]`, whatever. */
  | { readonly kind: "result"; readonly result: unknown }
  /** An error of JSON-RPC. */
  | { readonly kind: "error"; readonly message: string; readonly code?: number; readonly data?: string }
  /** The transaction's hash as if it were taken, but nobody else hears of it: for `eth_sendRawTransaction`. */
  | { readonly kind: "drop" }
  /** As `drop`, until `release()`: for `eth_sendRawTransaction`. */
  | { readonly kind: "hold" }

/** How a fault is switched on. */
export interface FaultOptions {
  /** How many calls it hits before it ends by itself; all of them by default. */
  readonly times?: number
}

/** A request or an answer of JSON-RPC. */
export interface Message {
  readonly id?: unknown
  readonly method?: string
  readonly params?: readonly unknown[]
  readonly result?: unknown
  readonly error?: unknown
}

/** The faults that are on, by method; `*` stands for every method that has none of its own. */
export class Faults {
  readonly #active = new Map<string, { readonly fault: Fault; left: number }>()
  readonly #hanging = new Map<ServerResponse, string>()

  set(method: string, fault: Fault, { times = Infinity }: FaultOptions = {}): void {
    this.#active.set(method, { fault, left: times })
  }

  /** Ends the fault of a method, or all of them. */
  clear(method?: string): void {
    if (method === undefined) this.#active.clear()
    else this.#active.delete(method)
    for (const [response, hung] of this.#hanging) {
      if (method !== undefined && hung !== method) continue
      this.#hanging.delete(response)
      response.destroy()
    }
  }

  /** The fault that hits a call, which uses up one of its times. */
  take(method: string): { readonly fault: Fault; readonly of: string } | undefined {
    const of = this.#active.has(method) ? method : "*"
    const active = this.#active.get(of)
    if (!active) return undefined
    if (--active.left <= 0) this.#active.delete(of)
    return { fault: active.fault, of }
  }

  /** Leaves a request without an answer until the fault of the method ends. */
  hang(response: ServerResponse, method: string): void {
    this.#hanging.set(response, method)
    response.once("close", () => this.#hanging.delete(response))
  }
}
