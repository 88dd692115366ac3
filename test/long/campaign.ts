/** Whether the long campaigns are asked for. */
const LONG = process.env.ONUS_LONG === "1"

/** How many cases there are of something: in the long campaigns, and in `npm test`. */
export const cases = (count: { readonly short: number; readonly long: number }): number =>
  LONG ? count.long : count.short

/** How far a campaign goes; see `scripts/long.ts`. */
export interface Campaign {
  /** Number of the first case. */
  readonly seed: number
  /** How much is to be checked. */
  readonly count: number
}

/**
 * What the environment asks of a campaign: `ONUS_SEED` and `ONUS_COUNT`, or the defaults.
 *
 * @param count for `npm test`, and for the long campaign.
 */
export function campaignOf(count: { readonly short: number; readonly long: number }): Campaign {
  const { ONUS_SEED: seed = "0", ONUS_COUNT: wanted } = process.env
  return { seed: Number(seed), count: Number(wanted ?? (LONG ? count.long : count.short)) }
}

const INTERVAL_MS = 10_000

/** Says every ten seconds of a long campaign how far it is. */
export class Progress {
  readonly #campaign: Campaign
  readonly #started = performance.now()
  #said = this.#started

  constructor(campaign: Campaign) {
    this.#campaign = campaign
  }

  get perSecond(): number {
    return this.#done / ((performance.now() - this.#started) / 1000)
  }

  #done = 0

  /** @param next the first case that is not checked yet: with it as the seed, the campaign goes on. */
  add(done: number, next: number): void {
    this.#done += done
    if (!LONG || performance.now() - this.#said < INTERVAL_MS) return
    this.#said = performance.now()
    const { count } = this.#campaign
    console.log(`        ${this.#done} of ${count}, ${this.perSecond.toFixed(0)} a second, next seed ${next}`)
  }
}
