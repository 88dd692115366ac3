import { OnusError, isOnusError } from "../protocol/errors.ts"
import type { Block } from "./heads.ts"
import type { CallOptions } from "./endpoint.ts"
import type { Chain } from "./provider.ts"

/** How the final block is known: by the chain's own tag, or by counting blocks from the latest. */
export type Finality = "tag" | "depth"

export interface FinalityOptions {
  /** Blocks on top of a block that make it final, where the chain has no word for it. */
  readonly depth?: number | undefined
  /** Counts blocks even where the chain has the tag. */
  readonly forceDepth?: boolean | undefined
}

/** What a node says that does not have the tag. */
const NO_TAG = ["MethodUnsupported", "BlockUnknown", "RpcRefused"]

/**
 * Finds out how the final block can be known.
 *
 * @throws OnusError `FinalityUnknown` when the chain has no sensible tag and no depth is configured.
 */
export async function chooseFinality(
  chain: Chain,
  latest: Block,
  { depth, forceDepth = false }: FinalityOptions,
  options: CallOptions,
): Promise<Finality> {
  if (depth !== undefined && (!Number.isSafeInteger(depth) || depth < 0))
    throw new OnusError("FinalityUnknown", `A finality depth of ${depth} blocks makes no sense`)
  if (forceDepth && depth !== undefined) return "depth"
  const tagged = forceDepth ? undefined : await finalByTag(chain, options)
  if (tagged && tagged.number <= latest.number) return "tag"
  if (depth !== undefined) return "depth"
  const instead = tagged
    ? `says that block ${tagged.number} is final, after block ${latest.number}`
    : "says none"
  throw new OnusError("FinalityUnknown", `The chain ${instead}, and no finality depth is configured`, {
    hint: "Configure how many blocks on top of a block make it final on this chain",
  })
}

/** The block that is final at a latest one; undefined if what the nodes say makes no sense now. */
export async function finalAt(
  chain: Chain,
  latest: Block,
  finality: Finality,
  { depth = 0 }: FinalityOptions,
  options: CallOptions,
): Promise<Block | undefined> {
  const final =
    finality === "tag"
      ? await finalByTag(chain, options)
      : await chain.blockAt(Math.max(0, latest.number - depth), options)
  return final && final.number <= latest.number ? final : undefined
}

async function finalByTag(chain: Chain, options: CallOptions): Promise<Block | undefined> {
  try {
    return await chain.blockAt("finalized", options)
  } catch (error) {
    if (isOnusError(error) && NO_TAG.includes(error.code)) return undefined
    throw error
  }
}
