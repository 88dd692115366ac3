import { standing } from "../../protocol/reputation.ts"
import type { ProviderRow, RegistryRow, ServiceRow } from "../entities.ts"
import { clockAt } from "../project/clock.ts"
import { massOf } from "../project/masses.ts"
import type { AsOf, ProviderFacts, Score, ServiceFacts } from "../source.ts"

/** Version of how the figures here are derived: it changes with every change of a meaning. */
export const METHODOLOGY = "1"

/** Of the active stake, one part in so many may be reserved, and twice the coverage is. */
const RESERVE_FACTOR = 2n
const BOND_FACTOR = 2n

/** A provider as of a block. */
export function providerFacts(row: ProviderRow, registry: RegistryRow, asOf: AsOf): ProviderFacts {
  const frozen = frozenOf(row, registry, asOf)
  const now = { ...row, frozen }
  return {
    ...now,
    ...scoreOf(row, asOf.time),
    status: statusOf(now, registry),
    capacity: capacityOf(row, registry),
    reExecutedShare: row.anchored === 0 ? null : Math.min(row.reExecuted / row.anchored, 1),
  }
}

/** What a provider did with a model as of a block. @param overall its score over all models. */
export const serviceFacts = (row: ServiceRow, overall: number, { time }: AsOf): ServiceFacts => ({
  ...row,
  ...scoreOf(row, time, overall),
})

function scoreOf(row: Parameters<typeof massOf>[0], time: number, overall = 0): Score {
  const { scored, ...figures } = standing(massOf(row), BigInt(Math.max(time, row.massesAt)), overall)
  return { isScored: scored, ...figures }
}

/** What disputes keep, until clock and chain are both past the last of them. */
function frozenOf(row: ProviderRow, registry: RegistryRow, { block, time }: AsOf): bigint {
  const isOver = clockAt(registry, time) > row.frozenUntil && block >= row.frozenUntilBlock
  return isOver ? 0n : row.frozen
}

function statusOf(row: ProviderRow, { minStake }: RegistryRow): ProviderFacts["status"] {
  if (row.isExcluded) return "excluded"
  if (row.frozen > 0n && row.thawing > 0n) return "frozen"
  if (row.active >= minStake && row.active > 0n) return "active"
  return row.thawing > 0n ? "leaving" : "idle"
}

function capacityOf({ active, locked, isExcluded }: ProviderRow, { minStake }: RegistryRow): bigint {
  if (isExcluded || active < minStake) return 0n
  const free = active / RESERVE_FACTOR - locked
  return free > 0n ? free / BOND_FACTOR : 0n
}
