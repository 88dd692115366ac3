import { OnusError } from "../../protocol/errors.ts"
import type { Readiness } from "../../service/readiness.ts"
import type { Cover } from "../cover.ts"
import type { Promises, Stake } from "./promises.ts"

/** Of what may be promised, when so much is, batches go out without waiting to be full. */
const NEARLY_USED = { part: 3n, of: 4n }

/** What cover is counted with. */
export interface StakeCoverOptions {
  readonly promises: Promises
  readonly readiness: Readiness
  /** Token units below which no new work is taken: what an answer is covered with by default. */
  readonly least: bigint
  /** Whether others may not have taken this process's part of the stake over by now. Default: always. */
  readonly isHeard?: () => boolean
  /** Token units as people read them. */
  readonly show?: (units: bigint) => string
}

/**
 * Counts what is promised and not yet reserved on-chain. A claim passes through three hands, and is always in at least one of them:
 * in flight from `reserve` until it is durable (`settled`), then fresh until the journal was summed again (`refresh`), then part of
 * that sum until the block is known whose capacity has it. So more may be counted than is promised, for a moment, and never less.
 */
export class StakeCover implements Cover {
  readonly #options: StakeCoverOptions
  #capacity = 0n
  #inFlight = 0n
  #fresh = 0n
  #summed = 0n
  #refreshing: Promise<void> = Promise.resolve()

  constructor(options: StakeCoverOptions) {
    this.#options = options
  }

  get promised(): bigint {
    return this.#inFlight + this.#fresh + this.#summed
  }

  get left(): bigint {
    const left = this.#capacity - this.promised
    return left > 0n ? left : 0n
  }

  /** Whether so little is left that batches should not wait. */
  get isNearlyUsed(): boolean {
    return this.promised * NEARLY_USED.of >= this.#capacity * NEARLY_USED.part
  }

  reserve(coverage: bigint): void {
    const { show = String, isHeard } = this.#options
    if (isHeard?.() === false) {
      throw new OnusError(
        "NotReady",
        "This replica stood still: others may have taken its part of the stake",
        {
          hint: "Ask again a little later",
        },
      )
    }
    if (coverage > this.left) {
      throw new OnusError(
        "CoverExhausted",
        `An answer with a coverage of ${show(coverage)} is wanted; ${show(this.left)} can be promised now`,
        {
          hint: "Ask again when receipts were anchored and released, or ask for less; the provider can add stake",
        },
      )
    }
    this.#inFlight += coverage
  }

  free(coverage: bigint): void {
    this.#inFlight -= coverage
  }

  settled(coverage: bigint): void {
    this.#inFlight -= coverage
    this.#fresh += coverage
  }

  /** Says that a durable claim was given up: it can be freed like one that never was. The next sum is without it. */
  unsettled(coverage: bigint): void {
    this.#inFlight += coverage
  }

  /**
   * Counts anew.
   *
   * @param stake at the latest block.
   * @param included as in `Promises`.
   */
  async refresh(stake: Stake, included: () => Promise<bigint> = () => Promise.resolve(0n)): Promise<void> {
    // One after the other: a sum that comes late must not replace a later one.
    const next = this.#refreshing.catch(() => undefined).then(() => this.#refresh(stake, included))
    this.#refreshing = next
    return next
  }

  async #refresh(stake: Stake, included: () => Promise<bigint>): Promise<void> {
    const { promises, readiness, least, show = String } = this.#options
    const known = this.#fresh
    const { promised, most } = await promises.count(stake, included)
    this.#fresh -= known
    this.#summed = promised
    this.#capacity = most
    const problem = {
      code: "CoverExhausted",
      message: `${show(this.left)} of cover are left to be promised, of ${show(this.#capacity)}; an answer takes ${show(least)}`,
    }
    readiness.report("cover", this.left < least ? problem : undefined)
  }
}
