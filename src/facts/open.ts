import { openRpc } from "../sdk/rpc.ts"
import { type ChainFacts, type ChainFactsOptions, openChainFacts } from "./chain/open.ts"
import { withFallback } from "./fallback.ts"
import { openIndexFacts } from "./index/open.ts"
import { requireAddress } from "./query/wishes.ts"
import type { Facts } from "./source.ts"

/** Blocks that an index may be behind, unless something else is said. */
const MAX_LAG = 10

export interface FactsOptions extends Omit<ChainFactsOptions, "url"> {
  /** URL of a JSON-RPC node. */
  readonly rpc: string
  /** URL of an index, which is asked first. */
  readonly index?: string
  /** Blocks that the index may be behind the node, or ahead of it, before the chain is read instead; 10 if left out. */
  readonly maxLagBlocks?: number
}

/** Facts that hold connections. */
export interface OpenedFacts extends Facts {
  /** Lets go of them: a program in Node ends only then. */
  close(): void
}

/**
 * Opens the facts of a registry: of an index if one is named, answers, is of that registry and is up to date; else of the chain, of which
 * all events are read once. Which it was is in every answer (`asOf.origin`).
 *
 * @throws OnusError `RpcUnreachable`, `RpcInvalid`, `AddressInvalid`, `ContractMissing`; the last one with an index only when the chain is needed.
 * @example
 * const facts = await openFacts({ rpc: "http://127.0.0.1:8545", registry })
 * const { data, asOf } = await facts.providers({ order: "score" })
 */
export async function openFacts(options: FactsOptions): Promise<OpenedFacts> {
  const { rpc: url, index, maxLagBlocks = MAX_LAG, ...others } = options
  const openChain = () => openChainFacts({ ...others, url })
  if (index === undefined) return openChain()
  const rpc = await openRpc(url)
  let chain: Promise<ChainFacts> | undefined
  const facts = withFallback({
    index: openIndexFacts({ url: index }),
    chain: () => (chain = openChain()),
    head: () => rpc.getBlockNumber(),
    chainId: Number((await rpc.getNetwork()).chainId),
    registry: requireAddress(options.registry),
    finality: options.finality ?? "latest",
    maxLagBlocks,
  })
  const close = () => {
    rpc.destroy()
    void chain?.then((opened) => opened.close()).catch(() => undefined)
  }
  return { ...facts, close }
}
