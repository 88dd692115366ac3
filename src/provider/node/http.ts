import { ZeroAddress } from "ethers"
import type { Client } from "../../sdk/client.ts"
import type { NodeConfig } from "../../service/config/node-config.ts"
import type { Inclusions } from "../anchoring/inclusion.ts"
import type { StakeCover } from "../cover/stake-cover.ts"
import type { ChallengeBook } from "../defence/book.ts"
import type { Issuer } from "../issue/issuer.ts"
import { type ServingLimits, windowsBetween } from "../issue/request.ts"
import type { Entry, Journal } from "../journal.ts"
import type { Pool } from "../../pool/pool.ts"
import type { Listing } from "../serve/listing.ts"
import type { ServedModel } from "../serve/model.ts"
import type { Standing } from "../serve/parts.ts"
import { type Serving, serve } from "../serve/serve.ts"
import type { Amounts } from "../../sdk/amounts.ts"
import { type Instruments, VERSION } from "../../service/instruments.ts"
import type { Observer } from "./observer.ts"

export interface HttpParts {
  readonly config: NodeConfig
  readonly instruments: Instruments
  readonly client: Client
  readonly signer: string
  readonly models: readonly ServedModel[]
  readonly amounts: Amounts
  readonly issuer: Issuer
  readonly pool: Pool
  readonly cover: StakeCover
  readonly journal: Pick<Journal, "batch" | "receiptsIn">
  readonly inclusions: Inclusions
  readonly book: Pick<ChallengeBook, "isDisputed">
  readonly longestGame: number
  readonly observer: Pick<Observer, "view">
}

/** What this provider takes, in token units and seconds. */
export function servingLimits({ answers }: NodeConfig, amounts: Amounts): ServingLimits {
  const seconds = (least: number, most: number) => ({ min: BigInt(least), max: BigInt(most) })
  const challengeWindow = seconds(answers.minWindow, answers.maxWindow)
  return {
    coverage: { min: 1n, max: amounts.parse("answers.max_coverage", answers.maxCoverage) },
    challengeWindow,
    windows: windowsBetween(challengeWindow, BigInt(answers.window)),
    anchorWithin: seconds(answers.minAnchorWithin, Math.max(answers.anchorWithin, answers.minAnchorWithin)),
  }
}

/** Serves requests. */
export function serveHttp(parts: HttpParts): Promise<Serving> {
  const { config, instruments, client, signer, models, amounts, issuer, pool, cover, inclusions } = parts
  const { http, answers } = config
  const { health, metrics, log } = instruments
  const standingOf = (entry: Entry) => standing(parts, entry)
  return serve(
    {
      registry: client.registry,
      provider: config.provider.address,
      signer,
      models,
      limits: servingLimits(config, amounts),
      defaults: {
        ...(answers.requireConsumer ? {} : { consumer: ZeroAddress }),
        coverage: amounts.parse("answers.coverage", answers.coverage),
        challengeWindow: BigInt(answers.window),
        anchorWithin: BigInt(answers.anchorWithin),
      },
      issuer,
      pool,
      cover,
      health,
      metrics: {
        answered(model, outcome) {
          metrics.attestations.inc({ state: outcome === "ok" ? "signed" : "refused" })
          metrics.httpRequests.inc({ route: `infer ${model}`, status: outcome })
        },
        phase(model, phase, milliseconds) {
          const seconds = milliseconds / 1000
          if (phase === "run") metrics.runSeconds.observe({ model }, seconds)
          if (phase === "claim") metrics.journalSeconds.observe(seconds)
          if (phase === "sign") metrics.signSeconds.observe(seconds)
          if (phase === "total") metrics.httpSeconds.observe({ route: `infer ${model}` }, seconds)
        },
      },
      inclusionOf: async (entry) =>
        (await standingOf(entry)) === "signed" ? undefined : inclusions.of(entry),
      standingOf,
      ...(answers.listed ? { listing: listingOf(parts) } : {}),
      failed: (error, where) => log.error({ error, where }, "A request failed"),
    },
    {
      host: http.host,
      port: http.port,
      version: VERSION,
      maxBody: http.maxBody,
      requestTimeout: http.requestTimeout * 1000,
      headersTimeout: http.headersTimeout * 1000,
      keepAliveTimeout: http.keepAliveTimeout * 1000,
      connections: http.maxConnections,
      // The rest is for transactions.
      closeGrace: (config.shutdown.timeout * 1000) / 3,
    },
  )
}

/** Whoever knows the id of a batch has seen it on-chain, or on its way there: it need not be looked for once more. */
const listingOf = ({ journal }: Pick<HttpParts, "journal">): Listing => ({
  async countOf(batchId) {
    const record = await journal.batch(batchId)
    return record && Number(record.batch.count)
  },
  receiptsOf: (batchId, from, count) => journal.receiptsIn(batchId, from, count),
})

/** What stands behind a receipt, as the last look at the chain showed it. */
async function standing(
  { journal, observer, book, longestGame }: HttpParts,
  { batchId, signed }: Entry,
): Promise<Standing> {
  const record = batchId === undefined ? undefined : await journal.batch(batchId)
  if (!record) return "signed"
  if (record.state === "released") {
    // The others of its batch may be final, while somebody still asks about this one.
    const isDisputed =
      signed &&
      (await book.isDisputed(signed.receiptId, Number(observer.view?.state.clock ?? 0n) - longestGame))
    return isDisputed ? "anchored" : "final"
  }
  if (record.state === "anchored") return "anchored"
  return observer.view?.included.has(record.batchId) ? "anchored" : "signed"
}
