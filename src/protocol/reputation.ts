/** Decaying masses as of `updatedAt`, in units of 1e-8 of the minimum stake for one day. Twin of `IReputation.Mass`. */
export interface Mass {
  readonly seasoned: bigint
  readonly exposure: bigint
  readonly slashed: bigint
  /** Unix seconds. */
  readonly updatedAt: bigint
}

/** Ratios between 0 and 1. */
export interface Standing {
  /** False while nothing has been settled yet: the score then says nothing. */
  readonly scored: boolean
  readonly score: number
  readonly uncertainty: number
  readonly lossRatio: number
}

/** Seconds in which every mass halves. */
const HALF_LIFE = 30 * 86_400
/** Mass for a score of one half: ten days of the minimum stake. */
const SEASONING = 1e9

/**
 * What masses say at some time: to rank providers from `ReputationUpdated` events, without a call for each of them.
 *
 * Differs from what the contract says by a few units of mass, 1e-9 of a score each.
 *
 * @param mass of a provider over all models, or with one of them: of the latest event.
 * @param now Unix seconds, not before `mass.updatedAt`.
 * @param overall the provider's score over all models, if the mass is that of one model.
 * @example
 * ```ts
 * const { score } = standing(providerMass, now)
 * const withModel = standing(modelMass, now, score)
 * ```
 */
export function standing(mass: Mass, now: bigint, overall = 0): Standing {
  const factor = 2 ** (-Number(now - mass.updatedAt) / HALF_LIFE)
  const left = (units: bigint): number => Math.floor(Number(units) * factor)
  const [seasoned, exposure] = [left(mass.seasoned), left(mass.exposure)]
  return {
    scored: exposure > 0,
    score: (seasoned + SEASONING * overall) / (seasoned + SEASONING),
    uncertainty: SEASONING / (seasoned + SEASONING),
    lossRatio: exposure > 0 ? left(mass.slashed) / exposure : 0,
  }
}
