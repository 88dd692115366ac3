import type { Inclusion } from "../../protocol/batch.ts"
import type { Registry } from "../../protocol/receipt.ts"
import type { Health } from "../../service/health.ts"
import type { Issuer, Phase } from "../issue/issuer.ts"
import type { ServingLimits } from "../issue/request.ts"
import type { Entry } from "../journal.ts"
import type { Cover } from "../cover.ts"
import type { Pool } from "../../pool/pool.ts"
import type { Listing } from "./listing.ts"
import type { ServedModel } from "./model.ts"
import type { DefaultWishes } from "./wishes.ts"

/** What stands behind a receipt, as the node knows it. */
export type Standing = "signed" | "anchored" | "final" | "convicted"

/** What is counted and timed. Names of models only: nothing that a client chooses. */
export interface ServeMetrics {
  /** @param outcome `ok`, or the code of the error. */
  answered(model: string, outcome: string): void
  phase(model: string, phase: Phase | "total", milliseconds: number): void
}

/** What the HTTP side of a provider works with. */
export interface ServeParts {
  readonly registry: Registry
  readonly provider: string
  /** The address that signs. */
  readonly signer: string
  readonly models: readonly ServedModel[]
  readonly limits: ServingLimits
  readonly defaults: DefaultWishes
  readonly issuer: Pick<Issuer, "answer" | "entryOf">
  readonly pool: Pick<Pool, "evidenceOf">
  readonly cover: Pick<Cover, "left">
  /** Whether the process lives, and whether it takes work. */
  readonly health: Pick<Health, "alive" | "ready">
  readonly metrics?: ServeMetrics
  /** Where a receipt's batch is anchored; undefined until it is. */
  inclusionOf(entry: Entry): Promise<Inclusion | undefined>
  /** Default: `anchored` when there is an inclusion, else `signed`. */
  standingOf?(entry: Entry): Promise<Standing>
  /** What everybody may list. Default: nothing. */
  readonly listing?: Listing
  /** Hears of errors that are the node's own, and of the route where they came up. */
  readonly failed?: (error: unknown, where: string) => void
}

export interface ServeOptions {
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  /** Address of this node for clients, without a slash at the end. Default: none, and addresses are relative. */
  readonly publicUrl?: string
  /** Version of the program, for clients. */
  readonly version: string
  /** Bytes of bodies that are held at once. Default 256 MiB. */
  readonly bodyBytes?: number
  /** Milliseconds in which a client must have sent its request. Default 30,000. */
  readonly requestTimeout?: number
  /** Milliseconds in which it must have sent the headers. Default 10,000. */
  readonly headersTimeout?: number
  /** Milliseconds that a connection may wait for its next request. Default 65,000. */
  readonly keepAliveTimeout?: number
  /** Bytes of a body, whatever the model could need. Default: no limit but that. */
  readonly maxBody?: number
  /** Milliseconds in which a client must take something of its response, longer than any run. Default 120,000. */
  readonly idleTimeout?: number
  /** Connections at once. Default 4096. */
  readonly connections?: number
  /** Milliseconds in which requests that run when the server closes are to be answered and read. Default 20,000. */
  readonly closeGrace?: number
  /** Bundles that are sent at once. Default 2. */
  readonly evidenceAtOnce?: number
}
