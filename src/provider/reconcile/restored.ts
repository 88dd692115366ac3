import type { Client } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"
import type { Facts } from "./facts.ts"

const RESTORED_AT = "restored-at"
const DAY = 86_400n
/** The longest that a guardian can stop the clocks at once: evidence by signature counts for so much longer. */
const LONGEST_STOP = 7n * DAY

/**
 * Seconds from its issue for which the signature of a receipt is evidence: as long as stake thaws and clocks may stand still. What
 * is anchored is evidence for ever.
 */
export const signatureCounts = async ({ onus }: Pick<Client, "onus">): Promise<bigint> =>
  (await call(onus.thawPeriod())) + LONGEST_STOP

/**
 * Whether consumers may choose request ids. After a journal was restored from a backup, nobody knows which of them were answered since
 * the backup was made: to answer one once more, in another way, would be equivocation. Ids that the node makes up are new for certain.
 */
export class Restoration {
  readonly #facts: Facts
  readonly #counts: bigint
  #at: bigint | undefined

  private constructor(facts: Facts, counts: bigint, at: bigint | undefined) {
    this.#facts = facts
    this.#counts = counts
    this.#at = at
  }

  static async open(facts: Facts, client: Pick<Client, "onus">): Promise<Restoration> {
    const at = await facts.get(RESTORED_AT)
    const counts = await signatureCounts(client)
    return new Restoration(facts, counts, at === undefined ? undefined : BigInt(at))
  }

  /** Takes note, durably, that the journal was restored. @param now Unix seconds of the chain. */
  async note(now: bigint): Promise<void> {
    await this.#facts.set(RESTORED_AT, String(now))
    this.#at = now
  }

  /** Unix seconds of the chain from which on consumers may choose request ids again; undefined if they always could. */
  get until(): bigint | undefined {
    return this.#at === undefined ? undefined : this.#at + this.#counts
  }

  mayChooseId(now: bigint): boolean {
    return this.until === undefined || now > this.until
  }
}
