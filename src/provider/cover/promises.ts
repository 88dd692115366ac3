import type { ProviderState } from "../chain/state.ts"
import type { Journal } from "../journal.ts"
import type { Replicas } from "../reconcile/replicas.ts"
import { AnchoredCover, sumOf } from "./anchored-cover.ts"

/** Fractions of a stake are counted in millionths. */
const WHOLE = 1_000_000n
/** The contract locks twice the coverage of a batch. */
const BOND_FACTOR = 2n

/** How the stake stands at a block. */
export type Stake = Pick<ProviderState, "capacity" | "locked" | "block">

/** Token units. */
export interface Count {
  /** What this process has promised, and the capacity has not been reduced by. */
  readonly promised: bigint
  /** What that may be at most. */
  readonly most: bigint
}

/** What the journal says is promised. */
export interface Promises {
  /**
   * Counts at a block.
   *
   * @param included finds the token units of batches that are on-chain at that block, though not in the journal's opinion: it waits
   * until they are final. Called when the journal was summed: a batch that becomes final meanwhile must not count twice.
   */
  count(stake: Stake, included: () => Promise<bigint>): Promise<Count>
}

/** All promises of a journal that one process has for itself. @param share of the capacity: above 0, at most 1. */
export function ofOne(journal: Pick<Journal, "promised">, share: number): Promises {
  return {
    async count({ capacity, block }, included) {
      const promised = await journal.promised(block.number)
      return { promised: positive(promised - (await included())), most: partOf(capacity, share) }
    },
  }
}

/** Another process that shares the journal, or did. */
export interface ReplicaPromises {
  readonly journal: Pick<Journal, "promised" | "batches" | "coverageOf">
  readonly replicas: Pick<Replicas, "others">
  readonly name: string
  /** Of the whole stake, whatever is anchored of it: above 0, at most 1. */
  readonly share: number
}

/**
 * The promises of one replica among others. Its share is one of everything that may be promised and anchored together: a share of
 * what is left at the moment would grow by what the others anchor, and be promised twice.
 */
export function ofReplica({ journal, replicas, name, share }: ReplicaPromises): Promises {
  const anchored = new AnchoredCover(journal)
  return {
    async count({ capacity, locked, block }, included) {
      const own = await journal.promised(block.number, name)
      const living = [name, ...(await replicas.others())]
      let ofLiving = own
      for (const other of living.slice(1)) ofLiving += await journal.promised(block.number, other)
      // Last: what is promised meanwhile counts as nobody's, so too much is kept back for a moment, and never too little.
      const all = await journal.promised(block.number)
      // Later: a batch that becomes final meanwhile counts twice for a moment.
      const inBatches = await anchored.at(block.number)
      const onChain = await included()
      // Locks that are no batches of this journal are nobody's to promise.
      const ours = smaller(locked / BOND_FACTOR, sumOf(inBatches.values()) + onChain)
      const dead = sumOf([...inBatches].flatMap(([one, sum]) => (living.includes(one) ? [] : [sum])))
      const common = positive(capacity + ours - dead - positive(all - ofLiving))
      return {
        promised: own,
        most: smaller(
          positive(partOf(common, share) - (inBatches.get(name) ?? 0n)),
          // Whatever shares say: there is not more than is left beside the promises of all others.
          positive(capacity + onChain - (all - own)),
        ),
      }
    },
  }
}

const partOf = (units: bigint, share: number) => (units * BigInt(Math.floor(share * Number(WHOLE)))) / WHOLE
const positive = (units: bigint) => (units > 0n ? units : 0n)
const smaller = (a: bigint, b: bigint) => (a < b ? a : b)
