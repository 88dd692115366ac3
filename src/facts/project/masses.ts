import type { Mass } from "../../protocol/reputation.ts"

/** The columns of masses that decay. */
interface Masses {
  readonly seasoned: bigint
  readonly exposure: bigint
  readonly lost: bigint
  readonly massesAt: number
}

/** Masses as the registry's twin takes them. */
export const massOf = ({ seasoned, exposure, lost, massesAt }: Masses): Mass => ({
  seasoned,
  exposure,
  slashed: lost,
  updatedAt: BigInt(massesAt),
})
