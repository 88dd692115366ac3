import type { ChainConfig } from "../service/config/shared-config.ts"
import type { Instruments } from "../service/instruments.ts"
import type { Opened } from "../service/opened.ts"
import { HeadFollower } from "./head-follower.ts"
import type { Head } from "./heads.ts"
import { type Chain, openChain } from "./provider.ts"

/** A chain with its head, as last seen. */
export interface FollowedChain {
  readonly chain: Chain
  readonly heads: HeadFollower
  readonly head: Head
}

/**
 * Connects a program to its chain, looks at it for the first time, and shows in the metrics how it goes on.
 *
 * @throws OnusError as `openChain` and `HeadFollower.poll`.
 */
export async function openHeads(
  settings: ChainConfig,
  { log, metrics }: Pick<Instruments, "log" | "metrics">,
  opened: Opened,
): Promise<FollowedChain> {
  const label = String(settings.chainId)
  const chain = await openChain({
    urls: settings.rpc,
    chainId: settings.chainId,
    timeout: settings.timeout * 1000,
    log,
    stats({ method, outcome, milliseconds }) {
      metrics.rpcRequests.inc({ method, outcome })
      metrics.rpcSeconds.observe({ method }, milliseconds / 1000)
    },
  })
  opened.add("chain", chain, (it) => it.destroy())
  const depth = settings.confirmations === 0 ? {} : { depth: settings.confirmations }
  const heads = new HeadFollower(chain, { ...depth, log })
  heads.onReorg(({ depth: blocks }) => {
    metrics.reorgs.inc({ chain: label })
    metrics.reorgDepth.set({ chain: label }, blocks)
  })
  heads.onHead(({ latest, final }) => {
    metrics.headBlock.set({ chain: label, kind: "latest" }, latest.number)
    metrics.headBlock.set({ chain: label, kind: "final" }, final)
    metrics.headTimestamp.set({ chain: label }, latest.timestamp)
  })
  return { chain, heads, head: await heads.poll() }
}
