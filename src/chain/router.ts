import { keccak256 } from "ethers"
import { OnusError } from "../protocol/errors.ts"
import type { Log } from "../service/log.ts"
import { parseQuantity } from "./block.ts"
import { type Answer, type CallOptions, Endpoint, type EndpointOptions, NoAnswer } from "./endpoint.ts"
import { isKnown } from "./classify.ts"

/** Where a chain tells how its nodes fare. */
export type ChainLogger = Pick<Log, "info" | "warn" | "error">

/** One node, for calls that must be answered by the same one. */
export interface OneNode {
  readonly host: string
  ask(method: string, params: readonly unknown[]): Promise<Answer>
  /** The error that makes the next node be asked: this one is `behind`, or its answers are `malformed`. */
  unfit(why: "behind" | "malformed", detail: string): NoAnswer
}

/** How a URL fares. */
export interface EndpointHealth {
  readonly host: string
  readonly healthy: boolean
  /** It serves another chain, and is never used. */
  readonly excluded: boolean
  /** The number of the latest block that it told of. */
  readonly height?: number
  /** Seconds for which it is still left alone. */
  readonly rest: number
}

export interface RouterOptions extends EndpointOptions {
  readonly chainId: bigint
  readonly log?: ChainLogger | undefined
}

/** Blocks that a URL may be behind the highest before others are preferred to it. */
const TOLERATED_LAG = 3

/** Methods that say null for what a node has not seen yet, so that another one should be asked, too. */
const MAY_BE_UNSEEN: ReadonlySet<string> = new Set([
  "eth_getTransactionReceipt",
  "eth_getTransactionByHash",
  "eth_getBlockByHash",
  "eth_getBlockByNumber",
])

/** Sends each call to the URL, or URLs, that it should go to. */
export class Router {
  readonly #endpoints: readonly Endpoint[]
  readonly #options: RouterOptions

  /** @throws OnusError `RpcInvalid` for what is no http(s) URL. */
  constructor(urls: readonly string[], options: RouterOptions) {
    this.#endpoints = urls.map((url) => new Endpoint(url, options))
    this.#options = options
  }

  get health(): readonly EndpointHealth[] {
    return this.#endpoints.map(({ host, isHealthy, chain, height, rest }) => ({
      host,
      healthy: isHealthy,
      excluded: chain === "wrong",
      ...(height === undefined ? {} : { height }),
      rest: rest / 1000,
    }))
  }

  /**
   * Asks every URL for its chain.
   *
   * @throws OnusError `ChainMismatch` when one of them is of another chain, `RpcUnreachable` when none answers.
   */
  async verify(options: CallOptions): Promise<void> {
    const { chainId, log } = this.#options
    const checks = await Promise.allSettled(this.#endpoints.map((endpoint) => this.#admit(endpoint, options)))
    options.signal?.throwIfAborted()
    const problems = checks.flatMap((check) => (check.status === "rejected" ? [messageOf(check.reason)] : []))
    if (this.#endpoints.some(({ chain }) => chain === "wrong")) {
      throw new OnusError(
        "ChainMismatch",
        `Not every RPC URL is of chain ${chainId}: ${problems.join("; ")}`,
        {
          hint: "Give only URLs of the chain that the registry is on",
        },
      )
    }
    for (const problem of problems) log?.warn({ problem }, "An RPC URL does not answer")
    if (problems.length < this.#endpoints.length) return
    throw new OnusError("RpcUnreachable", `No node of chain ${chainId} answers: ${problems.join("; ")}`, {
      hint: "Start a node, or give the URL of one",
    })
  }

  /**
   * Calls a method, in the way that fits it.
   *
   * @throws OnusError `RpcTimeout`, `RpcLimited`, `BlockUnknown`, `MethodUnsupported` or `RpcUnavailable` when no URL answers.
   */
  ask(method: string, params: readonly unknown[], options: CallOptions = {}): Promise<Answer> {
    if (method === "eth_sendRawTransaction") return this.#broadcast(params[0] as string, options)
    const tag = params[1] ?? "latest"
    if (method === "eth_getTransactionCount" && (tag === "latest" || tag === "pending"))
      return this.#highest(method, params, options)
    if (MAY_BE_UNSEEN.has(method)) return this.#search(method, params, options)
    return this.#first((node) => node.ask(method, params), options)
  }

  /** Makes calls of one node; of the next one if it gives no answer, from the beginning. */
  sameNode<T>(work: (node: OneNode) => Promise<T>, options: CallOptions = {}): Promise<T> {
    return this.#first(work, options)
  }

  /** Asks every URL that is not left alone, except those of one host. @returns the results of those that gave one. */
  async everyNode(
    method: string,
    params: readonly unknown[],
    options: CallOptions & { readonly except?: string | undefined } = {},
  ): Promise<readonly { readonly host: string; readonly result: unknown }[]> {
    const endpoints = this.#inOrder().filter(({ host }) => host !== options.except)
    const asked = await Promise.allSettled(
      endpoints.map((endpoint) => this.#askOne(endpoint, method, params, options)),
    )
    options.signal?.throwIfAborted()
    return asked.flatMap((settled, i) =>
      settled.status === "fulfilled" && "result" in settled.value
        ? [{ host: endpoints[i].host, result: settled.value.result }]
        : [],
    )
  }

  /** Those that may be asked now, the best first. */
  #inOrder(): readonly Endpoint[] {
    const usable = this.#endpoints.filter(({ chain, rest }) => chain !== "wrong" && rest === 0)
    const highest = Math.max(...usable.map(({ height }) => height ?? 0))
    const rank = ({ height, isHealthy }: Endpoint): number =>
      (height !== undefined && height < highest - TOLERATED_LAG ? 2 : 0) + (isHealthy ? 0 : 1)
    return [...usable].sort((a, b) => rank(a) - rank(b))
  }

  async #first<T>(work: (node: OneNode) => Promise<T>, options: CallOptions): Promise<T> {
    const failures: NoAnswer[] = []
    for (const endpoint of this.#inOrder()) {
      const { host } = endpoint
      try {
        const node: OneNode = {
          host,
          ask: (method, params) => this.#askOne(endpoint, method, params, options),
          unfit: (why, detail) => new NoAnswer(host, why, detail),
        }
        return await work(node)
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
        failures.push(error)
      }
    }
    throw this.#unanswered(failures)
  }

  /** A null of one node is believed when no other one knows better. */
  async #search(method: string, params: readonly unknown[], options: CallOptions): Promise<Answer> {
    let asked: string | undefined
    const answer = await this.#first((node) => {
      asked = node.host
      return node.ask(method, params)
    }, options)
    if (!("result" in answer) || answer.result !== null) return answer
    const others = await this.everyNode(method, params, { ...options, except: asked })
    return { result: others.find(({ result }) => result !== null)?.result ?? null }
  }

  /** The largest number that any node says: the others have not seen everything yet. */
  async #highest(method: string, params: readonly unknown[], options: CallOptions): Promise<Answer> {
    const said = await this.everyNode(method, params, options)
    const counts = said.map(({ result }) => parseQuantity(result)).filter((count) => count !== undefined)
    if (counts.length > 0) return { result: `0x${Math.max(...counts).toString(16)}` }
    return this.#first((node) => node.ask(method, params), options)
  }

  /** Gives a transaction to every node: one that takes it is enough. */
  async #broadcast(raw: string, options: CallOptions): Promise<Answer> {
    const hash = keccak256(raw)
    const refusals: Answer[] = []
    const failures: NoAnswer[] = []
    const send = async (endpoint: Endpoint): Promise<Answer> => {
      try {
        const answer = await this.#askOne(endpoint, "eth_sendRawTransaction", [raw], options)
        if ("result" in answer ? answer.result === hash : isKnown(answer.error)) return { result: hash }
        if ("error" in answer) refusals.push(answer)
        else
          failures.push(
            new NoAnswer(endpoint.host, "malformed", "took another transaction than it was given"),
          )
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
        failures.push(error)
      }
      throw new Error("not taken")
    }
    try {
      // The others go on being sent to when the first has taken it.
      return await Promise.any(this.#inOrder().map(send))
    } catch {
      options.signal?.throwIfAborted()
    }
    if (refusals.length > 0) return refusals[0]
    throw this.#unanswered(failures)
  }

  async #askOne(
    endpoint: Endpoint,
    method: string,
    params: readonly unknown[],
    options: CallOptions,
  ): Promise<Answer> {
    await this.#admit(endpoint, options)
    const answer = await endpoint.ask(method, params, options)
    if ("result" in answer) {
      const height = heightIn(method, params, answer.result)
      if (height !== undefined) endpoint.height = height
    }
    return answer
  }

  /** Makes sure that a URL serves the right chain, again after each time that it failed. */
  async #admit(endpoint: Endpoint, options: CallOptions): Promise<void> {
    if (endpoint.chain === "right") return
    const { host } = endpoint
    const { chainId, log } = this.#options
    const answer = await endpoint.ask("eth_chainId", [], options)
    const said = "result" in answer ? answer.result : undefined
    if (typeof said !== "string" || !/^0x[0-9a-f]{1,64}$/i.test(said))
      throw new NoAnswer(host, "malformed", "does not say its chain")
    endpoint.chain = BigInt(said) === chainId ? "right" : "wrong"
    if (endpoint.chain === "right") return
    const message = `serves chain ${BigInt(said)}, not chain ${chainId}`
    log?.error({ code: "ChainMismatch", host }, `The node at ${host} ${message}: it is not used any more`)
    throw new NoAnswer(host, "malformed", message)
  }

  /** Why nobody answered, without a word of the URLs. */
  #unanswered(failures: readonly NoAnswer[]): OnusError {
    const outcomes = failures.map(({ outcome }) => outcome)
    const all = (outcome: NoAnswer["outcome"]) =>
      outcomes.length > 0 && outcomes.every((one) => one === outcome)
    const code = outcomes.includes("timeout")
      ? "RpcTimeout"
      : outcomes.includes("limited")
        ? "RpcLimited"
        : all("behind")
          ? "BlockUnknown"
          : all("unsupported")
            ? "MethodUnsupported"
            : "RpcUnavailable"
    const details = failures.map(({ message }) => message)
    if (details.length === 0) {
      const rests = this.#endpoints.filter(({ chain }) => chain !== "wrong").map(({ rest }) => rest)
      const soonest = Math.ceil(Math.min(...rests) / 1000)
      details.push(`all of them failed a moment ago, the next one is tried in ${soonest} s`)
    }
    return new OnusError(code, `No RPC URL answers: ${details.join("; ")}`, {
      hint: "Look at the nodes, or give more URLs; it is tried again by itself",
    })
  }
}

function heightIn(method: string, params: readonly unknown[], result: unknown): number | undefined {
  if (method === "eth_blockNumber") return parseQuantity(result)
  if (method !== "eth_getBlockByNumber" || params[0] !== "latest") return undefined
  return parseQuantity((result as { number?: unknown } | null)?.number)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : "unknown")
