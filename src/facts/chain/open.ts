import { openRpc } from "../../sdk/rpc.ts"
import { REGISTRY, clockAt } from "../project/clock.ts"
import { METHODOLOGY } from "../query/derive.ts"
import { factsOf } from "../query/facts.ts"
import { requireAddress } from "../query/wishes.ts"
import type { FactReader, FactView } from "../reader.ts"
import type { Answer, AsOf, Facts, Finality } from "../source.ts"
import { Node } from "./blocks.ts"
import { type Companions, findContracts } from "./contracts.ts"
import { Follower } from "./follower.ts"

export interface ChainFactsOptions {
  /** Of a JSON-RPC node. */
  readonly url: string
  readonly registry: string
  /** The block in which the registry was deployed: earlier ones take time and tell nothing. 0 if left out. */
  readonly fromBlock?: number
  /** Which blocks count: `latest` if left out. */
  readonly finality?: Finality
  /** Contracts that the registry does not know of. */
  readonly companions?: Companions
  /** Milliseconds for which an answer may be told again before the chain is asked for news; 1000 if left out. */
  readonly maxAge?: number
  /** Is told how many blocks were read of how many. */
  readonly onProgress?: (read: number, all: number) => void
}

/** Facts that are read from a chain alone. */
export interface ChainFacts extends Facts {
  /** Reads what is new now. */
  refresh(): Promise<AsOf>
  /** Lets go of the connection. */
  close(): void
}

/**
 * Answers from the events of a registry, read through an RPC URL and kept in memory: no server of ours is needed. Reads everything once,
 * then what is new whenever it is asked, and follows the chain when that changes.
 *
 * @throws OnusError `RpcUnreachable`, `RpcInvalid`, `ContractMissing`, `AddressInvalid`; later calls also `ChainUnstable`.
 * @example
 * ```ts
 * const facts = await openChainFacts({ url: "http://127.0.0.1:8545", registry: "0x…", fromBlock: 10 })
 * const { data, asOf } = await facts.providers({ order: "score" })
 * ```
 */
export async function openChainFacts(options: ChainFactsOptions): Promise<ChainFacts> {
  const { url, fromBlock = 0, finality = "latest", companions, maxAge = 1000, onProgress } = options
  const registry = requireAddress(options.registry)
  const rpc = await openRpc(url)
  const node = new Node(url, rpc)
  const deployment = await findContracts((to, data) => node.read(to, data), registry, companions)
  const follower = await Follower.open({
    node,
    deployment,
    fromBlock,
    finality,
    ...(onProgress ? { onProgress } : {}),
  })
  const chainId = Number((await rpc.getNetwork()).chainId)
  const reader = new ChainReader(follower, { chainId, registry, finality }, maxAge)
  return { ...factsOf(reader), refresh: () => reader.refresh(), close: () => rpc.destroy() }
}

class ChainReader implements FactReader {
  readonly #follower: Follower
  readonly #about: Pick<AsOf, "chainId" | "registry" | "finality">
  readonly #maxAge: number
  #asOf: Promise<AsOf> | undefined
  #last: AsOf | undefined
  #askedAt = -Infinity
  /** What reads and what changes rows takes turns. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(follower: Follower, about: Pick<AsOf, "chainId" | "registry" | "finality">, maxAge: number) {
    this.#follower = follower
    this.#about = about
    this.#maxAge = maxAge
  }

  async read<T>(work: (view: FactView) => Promise<T>): Promise<Answer<T>> {
    const isOld = performance.now() - this.#askedAt > this.#maxAge
    await (isOld || !this.#asOf ? this.refresh() : this.#asOf)
    return this.#inTurn(async () => {
      // Others may have asked for news meanwhile, and half of them been read.
      const asOf = this.#last ?? (await this.#refresh())
      const { store } = this.#follower
      const view: FactView = {
        asOf,
        get: (name, id) => store.get(name, id),
        list: (name, wish) => store.list(name, wish),
        count: (name, where) => store.count(name, where),
      }
      return { asOf, data: await work(view) }
    })
  }

  /** Who asks while that is under way waits for the same. */
  refresh(): Promise<AsOf> {
    this.#askedAt = performance.now()
    const asked = this.#inTurn(() => this.#refresh())
    this.#asOf = asked
    asked.catch(() => {
      if (this.#asOf === asked) this.#asOf = undefined
    })
    return asked
  }

  async #refresh(): Promise<AsOf> {
    this.#last = undefined
    const { last, head } = await this.#follower.refresh()
    const registry = await this.#follower.store.get("registry", REGISTRY)
    return (this.#last = {
      ...this.#about,
      block: last.number,
      time: last.time,
      clock: clockAt(registry!, last.time),
      lagBlocks: Math.max(head.number - last.number, 0),
      lagSeconds: Math.max(head.time - last.time, 0),
      methodology: METHODOLOGY,
      origin: "chain",
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }
}
