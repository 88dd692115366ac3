import type { Client } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"
import type { Facts } from "./facts.ts"

const RESTORED_AT = "restored-at"
const ANCHORS_UNKNOWN = "anchors-unknown"
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
 * Whether consumers may choose request ids. After a journal was restored from a backup, or when another node has signed for the
 * provider, nobody knows which of them were answered: to answer one once more, in another way, would be equivocation. Ids that the
 * node makes up are new for certain.
 */
export class Restoration {
  readonly #facts: Facts
  readonly #counts: bigint
  #at: bigint | undefined
  #areAnchorsUnknown: boolean

  private constructor(facts: Facts, counts: bigint, at: bigint | undefined, areAnchorsUnknown: boolean) {
    this.#facts = facts
    this.#counts = counts
    this.#at = at
    this.#areAnchorsUnknown = areAnchorsUnknown
  }

  static async open(facts: Facts, client: Pick<Client, "onus">): Promise<Restoration> {
    const [at, unknown] = await Promise.all([facts.get(RESTORED_AT), facts.get(ANCHORS_UNKNOWN)])
    const counts = await signatureCounts(client)
    return new Restoration(facts, counts, at === undefined ? undefined : BigInt(at), unknown !== undefined)
  }

  /** Takes note, durably, that the journal was restored. @param now Unix seconds of the chain. */
  async note(now: bigint): Promise<void> {
    await this.#facts.set(RESTORED_AT, String(now))
    this.#at = now
  }

  /** Takes note, durably, that receipts are anchored which the journal does not know: their places convict for ever. */
  async noteUnknownAnchors(): Promise<void> {
    this.#areAnchorsUnknown = true
    await this.#facts.set(ANCHORS_UNKNOWN, "yes")
  }

  mayChooseId(now: bigint): boolean {
    if (this.#areAnchorsUnknown) return false
    return this.#at === undefined || now > this.#at + this.#counts
  }
}
