import { setTimeout as wait } from "node:timers/promises"
import {
  JsonRpcApiProvider,
  type JsonRpcError,
  type JsonRpcPayload,
  type JsonRpcResult,
  Network,
} from "ethers"
import { OnusError } from "../protocol/errors.ts"
import { parseBlock, parseQuantity } from "./block.ts"
import type { Answer, CallOptions, CallStats } from "./endpoint.ts"
import type { Block } from "./heads.ts"
import { type EndpointHealth, type ChainLogger, type OneNode, Router } from "./router.ts"

/** How to connect to a chain. */
export interface ChainOptions {
  /** JSON-RPC over http(s), the preferred one first. They may hold credentials: only their hosts are ever shown. */
  readonly urls: readonly string[]
  readonly chainId: bigint | number
  /** Milliseconds that one call of one node may take; 10,000 by default. */
  readonly timeout?: number
  /** Milliseconds after which all nodes are asked for their heights again; 15,000 by default. */
  readonly survey?: number
  readonly log?: ChainLogger
  /** Told of every call of every node. */
  readonly stats?: (call: CallStats) => void
}

/** Milliseconds that the head waits for what all nodes say, one of which may hang. */
const SURVEY_PATIENCE = 1_000

/**
 * One chain behind several nodes, for ethers and for programs that run for months.
 *
 * A call goes to the first node that is well, and to the next if it gives no answer; what a node says about the question itself (a
 * revert, a nonce too low) is an answer. Transactions go to all nodes, nonces are the highest that any node knows, and what one node
 * has not seen is asked of the others. Every method takes an end: the time limit of each call, or a signal.
 */
export class Chain extends JsonRpcApiProvider {
  readonly chainId: bigint
  readonly #router: Router
  readonly #survey: number
  #surveyed = -Infinity

  constructor(router: Router, { chainId, survey = 15_000 }: Pick<ChainOptions, "chainId" | "survey">) {
    const network = Network.from(chainId)
    super(network, { staticNetwork: network, batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 1_000 })
    this.chainId = BigInt(chainId)
    this.#router = router
    this.#survey = survey
    this._start()
  }

  /** How each URL fares, in the order given. */
  get health(): readonly EndpointHealth[] {
    return this.#router.health
  }

  /** For ethers. What is no answer is thrown, and never looks like a revert. */
  override async _send(
    payload: JsonRpcPayload | JsonRpcPayload[],
  ): Promise<(JsonRpcResult | JsonRpcError)[]> {
    const payloads = Array.isArray(payload) ? payload : [payload]
    return Promise.all(
      payloads.map(async ({ id, method, params }) => {
        const answer = await this.#router.ask(method, params as readonly unknown[])
        return "result" in answer ? { id, result: answer.result } : { id, error: answer.error }
      }),
    )
  }

  /**
   * Calls a method of JSON-RPC.
   *
   * @throws OnusError `RpcRefused` when the answer is an error; `RpcTimeout`, `RpcLimited`, `BlockUnknown`, `MethodUnsupported` or
   * `RpcUnavailable` when there is no answer.
   */
  async ask(method: string, params: readonly unknown[], options?: CallOptions): Promise<unknown> {
    return resultOf(method, await this.#router.ask(method, params, options))
  }

  /** Makes several calls of one and the same node; all of them of the next one when it gives no answer. */
  sameNode<T>(work: (node: OneNode) => Promise<T>, options?: CallOptions): Promise<T> {
    return this.#router.sameNode(work, options)
  }

  /** What each node says that is well and has a result; those of one host can be left out. */
  everyNode(
    method: string,
    params: readonly unknown[],
    options?: CallOptions & { readonly except?: string | undefined },
  ): Promise<readonly { readonly host: string; readonly result: unknown }[]> {
    return this.#router.everyNode(method, params, options)
  }

  /** How many transactions of an account are in the chain, or also wait for it: the highest number that a node knows. */
  async transactionCount(address: string, tag: "latest" | "pending", options?: CallOptions): Promise<number> {
    const count = parseQuantity(
      await this.ask("eth_getTransactionCount", [address.toLowerCase(), tag], options),
    )
    if (count !== undefined) return count
    throw new OnusError("RpcUnavailable", `No node tells how many transactions ${address} has sent`)
  }

  /** The latest block that the nodes know of: of the preferred one mostly, now and then the highest of all. */
  async latest(options?: CallOptions): Promise<Block> {
    if (performance.now() - this.#surveyed >= this.#survey) {
      this.#surveyed = performance.now()
      const highest = await this.#highest(options)
      if (highest) return highest
    }
    return this.sameNode(async (node) => {
      const answer = await node.ask("eth_getBlockByNumber", ["latest", false])
      const block = "result" in answer ? parseBlock(answer.result) : undefined
      if (!block) throw node.unfit("malformed", "does not tell its latest block")
      return block
    }, options)
  }

  /** The highest block of all nodes, which at the same time shows who is behind; undefined if one of them keeps all waiting. */
  async #highest(options?: CallOptions): Promise<Block | undefined> {
    const done = new AbortController()
    const said = await Promise.race([
      this.everyNode("eth_getBlockByNumber", ["latest", false], options),
      wait(SURVEY_PATIENCE, [], { signal: done.signal }),
    ]).finally(() => done.abort())
    const blocks = said.flatMap(({ result }) => parseBlock(result) ?? [])
    return blocks.length > 0 ? blocks.reduce((a, b) => (b.number > a.number ? b : a)) : undefined
  }

  /** A block by its number, hash or tag; undefined if no node has it. */
  async blockAt(at: number | string, options?: CallOptions): Promise<Block | undefined> {
    const byHash = typeof at === "string" && at.startsWith("0x")
    const where = typeof at === "number" ? `0x${at.toString(16)}` : at
    const method = byHash ? "eth_getBlockByHash" : "eth_getBlockByNumber"
    const result = await this.ask(method, [where, false], options)
    if (result === null) return undefined
    const block = parseBlock(result)
    const isAsked =
      block !== undefined &&
      (typeof at === "number" ? block.number === at : !byHash || block.hash === at.toLowerCase())
    if (isAsked) return block
    throw new OnusError("RpcUnavailable", `A node answers with something else than block ${at}`)
  }
}

/**
 * Connects to a chain through one or more nodes.
 *
 * @throws OnusError `RpcInvalid` for what is no http(s) URL, `ChainMismatch` when a node serves another chain, `RpcUnreachable` when
 * none of them answers.
 */
export async function openChain(options: ChainOptions, { signal }: CallOptions = {}): Promise<Chain> {
  const { urls, timeout = 10_000, log, stats } = options
  if (urls.length === 0)
    throw new OnusError("RpcInvalid", "There is no RPC URL", { hint: "Give at least one" })
  const router = new Router(urls, { timeout, log, stats, chainId: BigInt(options.chainId) })
  await router.verify({ signal })
  return new Chain(router, options)
}

/** The result of an answer. @throws OnusError `RpcRefused` when it is an error. */
export function resultOf(method: string, answer: Answer): unknown {
  if ("result" in answer) return answer.result
  const { code, message } = answer.error
  throw new OnusError("RpcRefused", `The node refuses ${method}: ${JSON.stringify(message)} (${code})`, {
    cause: answer.error,
  })
}
