import { openFacts as open } from "../../../src/facts/open.ts"
import type { Facts } from "../../../src/facts/source.ts"
import type { Site } from "./site.ts"

/** Opens the facts of a site: from its index if there is one, else from the chain alone. */
export const openFacts = ({ rpc, registry, fromBlock, index }: Site): Promise<Facts> =>
  open({ rpc, registry, fromBlock, ...(index === undefined ? {} : { index }) })
