import type { ProviderRow, ReputationPointRow } from "../entities.ts"
import { DAY, pointOf } from "../project/day.ts"
import { massOf } from "../project/masses.ts"
import { standing } from "../../protocol/reputation.ts"

/**
 * One point for each of the last days: of those in which nothing happened, what time made of the point before.
 *
 * @param points of the provider, the latest first.
 * @param now Unix seconds.
 */
export function historyOf(
  provider: ProviderRow,
  points: readonly ReputationPointRow[],
  days: number,
  now: number,
): readonly ReputationPointRow[] {
  const today = Math.floor(now / DAY)
  const known = new Map(points.map((point) => [point.day, point]))
  const oldest = points.at(-1)?.day ?? today
  const first = Math.max(oldest, today - days + 1)
  let last = points.find(({ day }) => day < first)
  const history: ReputationPointRow[] = []
  for (let day = first; day < today; day++) {
    last = known.get(day) ?? (last && decayed(last, day))
    if (last) history.push(last)
  }
  return [...history, pointOf(provider, today, Math.max(now, provider.massesAt))]
}

/** A point some days later. */
function decayed(point: ReputationPointRow, day: number): ReputationPointRow {
  const { scored, ...figures } = standing(massOf(point), BigInt((day + 1) * DAY))
  return { ...point, id: `${point.provider}/${day}`, day, isScored: scored, ...figures }
}
