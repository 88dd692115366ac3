/** Seconds for which a commitment counts. Twin of `Commitments`. */
export const LIFE = 900n

/** A commitment as the chain shows it. */
export interface Commitment {
  readonly hash: string
  /** Unix seconds at which it was recorded; zero if it was not. */
  readonly since: bigint
}

/** Whether a commitment counts at a time. Twin of `Commitments`. @param time Unix seconds. */
export const isAlive = ({ since }: Pick<Commitment, "since">, time: bigint): boolean =>
  since !== 0n && since + LIFE >= time
