import { play } from "./play.ts"
import type { World } from "./world.ts"

/** Blocks that are undone at least. */
const DEPTH = 12

/**
 * Undoes the last blocks of a world, so that others follow in their place: what was played in them happened nowhere.
 *
 * @param see is called before, when it is still there.
 * @returns how many blocks were undone.
 */
export async function rewrite(world: World, see: () => Promise<unknown>): Promise<number> {
  const { provider } = world.connection
  const { items, people, funds } = world
  const counts = [items.length, people.providers.length, funds.length, world.agentCount]
  const head = await height(world)
  const snapshot: unknown = await provider.request({ method: "evm_snapshot", params: [] })
  while ((await height(world)) < head + DEPTH) await play(world, 1)
  const undone = (await height(world)) - head
  await see()
  await provider.request({ method: "evm_revert", params: [snapshot] })
  ;[items.length, people.providers.length, funds.length, world.agentCount] = counts
  // The new chain must be the longer one, or nobody would follow it.
  while ((await height(world)) <= head + undone) await play(world, 1)
  return undone
}

/** The number of the last block. */
export const height = (world: World): Promise<number> => world.connection.ethers.provider.getBlockNumber()
