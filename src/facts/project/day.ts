import { standing } from "../../protocol/reputation.ts"
import type { ProviderRow, ReputationPointRow } from "../entities.ts"
import type { Context } from "./context.ts"
import { massOf } from "./masses.ts"

/** Seconds of a day. */
export const DAY = 86_400

/** A provider's reputation and stake at the end of a day after which nothing was changed in it. */
export function pointOf(provider: ProviderRow, day: number, now = (day + 1) * DAY): ReputationPointRow {
  const { scored, ...figures } = standing(massOf(provider), BigInt(now))
  return {
    id: `${provider.id}/${day}`,
    provider: provider.id,
    day,
    isScored: scored,
    ...figures,
    stake: provider.active,
    seasoned: provider.seasoned,
    exposure: provider.exposure,
    lost: provider.lost,
    massesAt: provider.massesAt,
  }
}

/** Keeps how a provider ends the day of the event, as far as it is known. */
export async function keepDay(context: Context, id: string): Promise<void> {
  const point = pointOf(await context.must("provider", id), Math.floor(context.event.time / DAY))
  if (await context.get("reputationPoint", point.id)) {
    const { id: of, ...columns } = point
    await context.change("reputationPoint", of, columns)
  } else await context.add("reputationPoint", point)
}
