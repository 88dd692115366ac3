/** One, in the fixed-point format of the exact model: 45 decimals. */
export const ONE = 10n ** 45n
/** The natural logarithm of two. */
const LN_2 = 693_147_180_559_945_309_417_232_121_458_176_568_075_500_134n
const HALF_LIFE = 30n * 86_400n

/** Units of mass in the minimum stake for one day. */
export const DAY = 100_000_000n
/** Mass for a score of one half, as a fixed-point number of units. */
export const SEASONING = 10n * DAY * ONE
/** What one payer may give. */
export const CAP = SEASONING / 2n

const decays = new Map<bigint, bigint>()

/** `2^(-seconds / 30 days)`, to some 44 decimals. */
export function decay(seconds: bigint): bigint {
  const known = decays.get(seconds)
  if (known !== undefined) return known
  // The exponential series of what is left of a half-life; halving is exact enough by itself.
  const x = ((seconds % HALF_LIFE) * LN_2) / HALF_LIFE
  let [sum, term] = [0n, ONE]
  for (let n = 1n; term !== 0n; n++) {
    sum += term
    term = (-term * x) / (ONE * n)
  }
  const factor = sum >> (seconds / HALF_LIFE)
  decays.set(seconds, factor)
  return factor
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** What is remembered over all models of a provider, or of one: the definition, without any rounding that matters. */
export class ExactMemory {
  seasoned = 0n
  exposure = 0n
  slashed = 0n
  allowance = 0n
  readonly given = new Map<number, bigint>()
  #now = 0n

  /** Decays everything. */
  advance(now: bigint): void {
    const factor = decay(now - this.#now)
    this.#now = now
    this.#scale(factor, ONE)
    this.exposure = (this.exposure * factor) / ONE
    this.slashed = (this.slashed * factor) / ONE
  }

  credit(weight: bigint): void {
    const paid = least(weight, this.allowance)
    this.seasoned += paid
    this.allowance -= paid
    this.exposure += weight
  }

  damage(weight: bigint, keep: bigint): void {
    this.#scale(keep, 100n)
    this.exposure += weight
    this.slashed += weight
  }

  fee(payer: number, units: bigint): void {
    const bought = least(units, this.room(payer))
    this.allowance += bought
    this.given.set(payer, (this.given.get(payer) ?? 0n) + bought)
  }

  /** What a payer may still give. */
  room(payer: number): bigint {
    return CAP - (this.given.get(payer) ?? 0n)
  }

  /** As a fixed-point number. */
  score(prior = 0n): bigint {
    return (this.seasoned * ONE + SEASONING * prior) / (this.seasoned + SEASONING)
  }

  get uncertainty(): bigint {
    return (SEASONING * ONE) / (this.seasoned + SEASONING)
  }

  get lossRatio(): bigint {
    return this.exposure === 0n ? 0n : (this.slashed * ONE) / this.exposure
  }

  /** What is good is multiplied, and what payers gave with it. */
  #scale(factor: bigint, by: bigint): void {
    this.seasoned = (this.seasoned * factor) / by
    this.allowance = (this.allowance * factor) / by
    for (const [payer, given] of this.given) this.given.set(payer, (given * factor) / by)
  }
}

/** What happens to a provider. Twin of `ReputationHarness.Step`. */
export interface Step {
  readonly kind: "credit" | "damage" | "fee"
  readonly model: number
  /** The bond or the fee, in token units. */
  readonly amount: bigint
  readonly window: bigint
  readonly keep: bigint
  readonly payer: number
}

/** A provider as it should be. */
export class ExactProvider {
  readonly overall = new ExactMemory()
  readonly byModel: readonly ExactMemory[]
  readonly #minStake: bigint
  steps = 0

  constructor(minStake: bigint, models: number) {
    this.#minStake = minStake
    this.byModel = Array.from({ length: models }, () => new ExactMemory())
  }

  advance(now: bigint): void {
    for (const memory of [this.overall, ...this.byModel]) memory.advance(now)
  }

  play({ kind, model, amount, window, keep, payer }: Step): void {
    this.steps++
    const weight = (amount * window * DAY * ONE) / (this.#minStake * 86_400n)
    for (const memory of [this.overall, this.byModel[model]]) {
      if (kind === "credit") memory.credit(weight)
      else if (kind === "damage") memory.damage(weight, keep)
      else memory.fee(payer, (amount * 500n * DAY * ONE) / this.#minStake)
    }
  }

  /** Score over all models or with one, as a fixed-point number. */
  score(model?: number): bigint {
    return model === undefined ? this.overall.score() : this.byModel[model].score(this.overall.score())
  }
}
