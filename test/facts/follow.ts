import { type ChainFacts, openChainFacts } from "../../src/facts/chain/open.ts"
import type { Companions } from "../../src/facts/chain/contracts.ts"
import type { World } from "./history/world.ts"

/** The contracts of a world that its registry does not know of. */
export const companionsOf = async ({ audits, callbacks, agents }: World): Promise<Companions> => ({
  audits: await audits.getAddress(),
  callbacks: await callbacks.getAddress(),
  agents: await agents.getAddress(),
})

/** The facts of a world, which are read again when they are told to. */
export const follow = async (world: World, url: string): Promise<ChainFacts> =>
  openChainFacts({
    url,
    registry: world.registry.address,
    companions: await companionsOf(world),
    maxAge: Infinity,
  })
