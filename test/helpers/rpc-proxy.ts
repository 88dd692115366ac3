import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { setTimeout as wait } from "node:timers/promises"
import { keccak256 } from "ethers"
import { type Fault, type FaultOptions, Faults, type Message } from "./rpc-faults.ts"
import { askBehind } from "./rpc-lag.ts"

/** A call that has passed, and what hit it. */
export interface Call {
  readonly method: string
  readonly params: readonly unknown[]
  readonly fault?: Fault["kind"]
}

/** A transaction that was given to the proxy. */
export interface SeenTransaction {
  readonly hash: string
  readonly raw: string
  /** `forwarded` says that the node was given it, not that it took it. */
  fate: "forwarded" | "dropped" | "held"
}

/** Answers a method in place of the node, which can be asked, too. */
export type Answer = (
  params: readonly unknown[],
  forward: (params?: readonly unknown[]) => Promise<Message>,
) => Promise<Message> | Message

/** Where the node seems to be: so many blocks behind, or at a height. */
export type View = { readonly behind: number } | { readonly at: number }

/** A node's JSON-RPC over HTTP with faults that are switched on and off while it runs. */
export class Proxy {
  /** What has passed, in order. */
  readonly calls: Call[] = []
  /** Every transaction that came, in order, forwarded or not. */
  readonly transactions: SeenTransaction[] = []
  readonly #target: string
  readonly #server: Server
  readonly #faults = new Faults()
  readonly #answers = new Map<string, Answer>()
  #view: View | undefined
  #port = 0

  constructor(target: string) {
    this.#target = target
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy())
    })
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Refuses connections and breaks the open ones. */
  async down(): Promise<void> {
    if (!this.#server.listening) return
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  /** Takes connections, on the same port as before. */
  async up(): Promise<void> {
    if (this.#server.listening) return
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject)
      this.#server.listen(this.#port, "127.0.0.1", () => {
        this.#server.off("error", reject)
        resolve()
      })
    })
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Switches a fault on, for one method or, as `*`, for all that have none of their own. */
  fault(method: string, fault: Fault, options?: FaultOptions): void {
    this.#faults.set(method, fault, options)
  }

  /** Answers a method with a function: for lies that no fault stands for. */
  answer(method: string, answer: Answer): void {
    this.#answers.set(method, answer)
  }

  /** Shows the chain as it was some blocks ago, or only up to a height; as it is without a view. */
  lag(view?: View | number): void {
    this.#view = typeof view === "number" ? { behind: view } : view
  }

  /** Ends the faults and answers of a method; without one all of them, and the lag. */
  heal(method?: string): void {
    this.#faults.clear(method)
    if (method !== undefined) this.#answers.delete(method)
    else {
      this.#answers.clear()
      this.#view = undefined
    }
  }

  /** Gives the node the transactions that were held, in order, and ends `hold`. @returns the node's answers. */
  async release(): Promise<readonly Message[]> {
    this.#faults.clear("eth_sendRawTransaction")
    const answers: Message[] = []
    for (const transaction of this.transactions.filter(({ fate }) => fate === "held")) {
      transaction.fate = "forwarded"
      answers.push(await this.#ask("eth_sendRawTransaction", [transaction.raw]))
    }
    return answers
  }

  /** How often a method was called. */
  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length
  }

  async close(): Promise<void> {
    this.#faults.clear()
    await this.down()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await text(request)) as Message | Message[]
    const messages = Array.isArray(body) ? body : [body]
    const answers: Message[] = []
    let truncated = false
    for (const { id, method = "", params = [] } of messages) {
      const hit = this.#faults.take(method)
      this.calls.push({ method, params, ...(hit ? { fault: hit.fault.kind } : {}) })
      const { fault } = hit ?? {}
      if (fault?.kind === "reset") return void response.destroy()
      if (fault?.kind === "hang") return this.#faults.hang(response, hit!.of)
      if (fault?.kind === "html") return void response.end("<!doctype html><title>Bad Gateway</title>")
      if (fault?.kind === "status") return refuse(response, fault)
      if (fault?.kind === "delay") await wait(fault.milliseconds)
      truncated ||= fault?.kind === "truncate"
      answers.push({
        jsonrpc: "2.0",
        id: id ?? null,
        ...(await this.#answerTo(method, params, fault)),
      } as Message)
    }
    const json = JSON.stringify(Array.isArray(body) ? answers : answers[0])
    response.setHeader("content-type", "application/json")
    response.end(truncated ? json.slice(0, json.length / 2) : json)
  }

  async #answerTo(method: string, params: readonly unknown[], fault: Fault | undefined): Promise<Message> {
    if (fault?.kind === "result") return { result: fault.result }
    if (fault?.kind === "error") {
      const { code = -32000, message, data } = fault
      return { error: { code, message, ...(data === undefined ? {} : { data }) } }
    }
    if (method === "eth_sendRawTransaction") return this.#send(params[0] as string, fault)
    const answer = this.#answers.get(method)
    if (answer) return answer(params, (changed = params) => this.#look(method, changed))
    return this.#look(method, params)
  }

  async #send(raw: string, fault: Fault | undefined): Promise<Message> {
    const hash = keccak256(raw)
    const fate = fault?.kind === "drop" ? "dropped" : fault?.kind === "hold" ? "held" : "forwarded"
    this.transactions.push({ hash, raw, fate })
    return fate === "forwarded" ? this.#ask("eth_sendRawTransaction", [raw]) : { result: hash }
  }

  /** Asks the node, and shows as much of it as the view allows. */
  async #look(method: string, params: readonly unknown[]): Promise<Message> {
    const view = this.#view
    if (!view) return this.#ask(method, params)
    const head = Number((await this.#ask("eth_blockNumber", [])).result)
    const height = "at" in view ? Math.min(view.at, head) : Math.max(head - view.behind, 0)
    return askBehind((...call) => this.#ask(...call), height, method, params)
  }

  async #ask(method: string, params: readonly unknown[]): Promise<Message> {
    const response = await fetch(this.#target, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    })
    const { result, error } = (await response.json()) as Message
    return error === undefined ? { result } : { error }
  }
}

/** Starts a proxy before the node at `target`, on a free port. */
export async function startProxy(target: string): Promise<Proxy> {
  const proxy = new Proxy(target)
  await proxy.up()
  return proxy
}

function refuse(response: ServerResponse, { status, retryAfter }: Fault & { kind: "status" }): void {
  if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter)
  response.writeHead(status).end(`status ${status}`)
}
