import type { IReputation } from "../../types/contracts/contracts/core/Reputation.js"
import type { Client } from "./client.ts"
import { call } from "./errors.ts"

/** What is known about a provider. Ratios are between 0 and 1; amounts are token units. */
export interface ProviderStanding {
  readonly provider: string
  readonly registered: boolean
  readonly tombstoned: boolean
  readonly faults: number
  readonly active: bigint
  readonly locked: bigint
  readonly thawing: bigint
  /** Coverage that could be anchored now. */
  readonly capacity: bigint
  readonly slashed: bigint
  readonly restituted: bigint
  /** False while nothing has been settled yet: the score then says nothing. */
  readonly scored: boolean
  readonly score: number
  readonly uncertainty: number
  readonly lossRatio: number
}

/** Reads a provider's standing, over all models or with one of them. */
export async function readStanding(
  client: Client,
  provider: string,
  modelId?: string,
): Promise<ProviderStanding> {
  const { onus } = client
  const reputation = await client.reputation()
  const [record, account, thaw, capacity, restituted, standing] = await call(
    Promise.all([
      onus.faultRecord(provider),
      onus.account(provider),
      onus.thaw(provider),
      onus.capacity(provider),
      onus.restituted(provider),
      modelId === undefined ? reputation.reputation(provider) : reputation.reputationFor(provider, modelId),
    ]),
  )
  return {
    provider,
    registered: record.registeredAt !== 0n,
    tombstoned: account.tombstoned,
    faults: Number(record.faults),
    active: account.active,
    locked: account.locked,
    thawing: thaw.amount,
    capacity,
    slashed: record.slashed,
    restituted,
    ...ratios(standing),
  }
}

const fraction = (wad: bigint): number => Number(wad) / 1e18

function ratios(standing: IReputation.StandingStructOutput) {
  return {
    scored: standing.scored,
    score: fraction(standing.score),
    uncertainty: fraction(standing.uncertainty),
    lossRatio: fraction(standing.lossRatio),
  }
}
