import type { LookupAddress } from "node:dns"

/** How much of somebody else's time and data is taken. */
export interface FetchLimits {
  /** Milliseconds until a connection stands: the name is looked up, the address answers, and keys are agreed on. */
  readonly connect: number
  /** Milliseconds from there until the headers of the answer are read. */
  readonly headers: number
  /** Milliseconds for everything together, redirects included. */
  readonly whole: number
  /** A body must go on: so many bytes, */
  readonly paceBytes: number
  /** in each interval of so many milliseconds. */
  readonly pace: number
  readonly redirects: number
  /** Requests to one host at the same time. */
  readonly atOnce: number
  /** Requests that may wait for one host. */
  readonly waiting: number
}

export const FETCH_LIMITS: FetchLimits = {
  connect: 5_000,
  headers: 15_000,
  whole: 120_000,
  paceBytes: 10_240,
  pace: 10_000,
  redirects: 3,
  atOnce: 4,
  waiting: 256,
}

/** Looks a name up. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>

export interface FetchOptions extends Partial<FetchLimits> {
  /** Whether addresses of this machine and its network are allowed: for chains that run there. Default false. */
  readonly allowPrivate?: boolean
  /** Which addresses are of the public internet. Default: `isPublicAddress`. */
  readonly isPublic?: (address: string) => boolean
  /** Default: `byNameServers`; as the system does it where private addresses are allowed. */
  readonly resolve?: Resolve
  /** Certificates to trust, in PEM, instead of the usual ones. */
  readonly ca?: string
}
