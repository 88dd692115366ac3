import type { Journal } from "../journal.ts"
import type { Replicas } from "../reconcile/replicas.ts"

/** What the journal says is promised, from the point of view of one of several replicas. Token units. */
export interface Promises {
  /** By this process. */
  own(block: number): Promise<bigint>
  /** By processes that do not live any more, and whose promises must be kept all the same. */
  orphaned(block: number): Promise<bigint>
}

/** All promises of a journal that one process has for itself. */
export const ofOne = (journal: Pick<Journal, "promised">): Promises => ({
  own: (block) => journal.promised(block),
  orphaned: () => Promise.resolve(0n),
})

/** The promises of one replica among others. */
export const ofReplica = (
  journal: Pick<Journal, "promised">,
  replicas: Pick<Replicas, "others">,
  name: string,
): Promises => ({
  own: (block) => journal.promised(block, name),
  async orphaned(block) {
    let living = await journal.promised(block, name)
    for (const other of await replicas.others()) living += await journal.promised(block, other)
    // Last: what is promised meanwhile counts as nobody's, so too much is kept back for a moment, and never too little.
    const all = await journal.promised(block)
    return all > living ? all - living : 0n
  },
})
