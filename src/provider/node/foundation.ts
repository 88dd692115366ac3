import { hostname } from "node:os"
import type { HeadFollower } from "../../chain/head-follower.ts"
import { openHeads } from "../../chain/open-heads.ts"
import type { Chain } from "../../chain/provider.ts"
import { CURSOR_TABLES } from "../../chain/logs.ts"
import type { Head } from "../../chain/heads.ts"
import { OnusError } from "../../protocol/errors.ts"
import { type Client, connect } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"
import { type Court, openCourt } from "../../sdk/game/court.ts"
import type { NodeConfig } from "../../service/config/node-config.ts"
import type { Key } from "../../service/key.ts"
import { openKeys } from "../../service/key/open.ts"
import { PasswordLines } from "../../service/key/password.ts"
import type { Database } from "../../store/database.ts"
import { migrate } from "../../store/migrate.ts"
import { openDatabase } from "../../store/open.ts"
import type { Journal } from "../journal.ts"
import { openJournal } from "../journal/open.ts"
import { loadModel } from "../models/load.ts"
import type { Pool } from "../../pool/pool.ts"
import { openPool } from "../../pool/open.ts"
import { ChallengeBook } from "../defence/book.ts"
import { Facts } from "../reconcile/facts.ts"
import { JournalMark, type JournalMarkOptions } from "../reconcile/journal-mark.ts"
import type { ServedModel } from "../serve/model.ts"
import type { Instruments } from "../../service/instruments.ts"
import type { Opened } from "../../service/opened.ts"

/** What a node stands on: its keys, its journal, the chain, its models. */
export interface Foundation {
  readonly keys: { readonly signing: Key; readonly sending: Key }
  readonly database: Database
  readonly journal: Journal
  readonly facts: Facts
  /** Tells an older copy of the journal; undefined if that is not a file. */
  readonly mark: JournalMark | undefined
  readonly book: ChallengeBook
  /** Seconds on the registry's clock that may pass between the end of a window and the last question about an answer. */
  readonly longestGame: number
  readonly chain: Chain
  readonly heads: HeadFollower
  readonly head: Head
  readonly client: Client
  readonly court: Court
  readonly models: readonly ServedModel[]
  readonly pool: Pool
}

export interface FoundationParts {
  readonly config: NodeConfig
  readonly instruments: Instruments
  readonly opened: Opened
  /** Told when another process may have the name of this one, and with it its part of the stake: this one must end. */
  readonly fatal: (error: OnusError) => void
}

/** Says who holds a lock, to whoever wants it too. */
export const holderOf = ({ journal }: Pick<NodeConfig, "journal">): string =>
  `process ${process.pid} on ${hostname()} (replica ${journal.replica})`

/** Whether the journal is a file: only one process can have it. */
export const isAlone = ({ journal }: Pick<NodeConfig, "journal">): boolean =>
  journal.url.startsWith("sqlite:")

/**
 * Opens everything in the order in which a mistake is cheapest to find, and locks the journal first of all.
 *
 * @throws OnusError that names what is wrong.
 */
export async function openFoundation({
  config,
  instruments,
  opened,
  fatal,
}: FoundationParts): Promise<Foundation> {
  const database = opened.add("journal", await openDatabase(config.journal.url), (it) => it.close())
  if (isAlone(config)) await database.lock("sender", holderOf(config))
  await database.lock(`replica-${config.journal.replica}`, holderOf(config), fatal)
  const keys = await openKeys(config.keys, { stdin: new PasswordLines(process.stdin) })
  const models = await loadModels(config)
  const { chain, heads, head } = await openHeads(config.chain, instruments, opened)
  const client = await connect(chain, config.chain.registry, config.chain.chainId)
  const court = await openCourt(client)
  await migrate(database, CURSOR_TABLES.name, CURSOR_TABLES.steps)
  const facts = await Facts.open(database)
  const journal = await openJournal(database, client.registry, { replica: config.journal.replica })
  const mark = await openMark(config, { database, facts, log: instruments.log })
  // Written once more after everything else has ended.
  opened.add("mark", mark, (it) => it?.write())
  const longestGame = Number(await call(court.judge.longestGame()))
  const book = await ChallengeBook.open(database)
  const pool = opened.add("pool", await openModels(config, models, instruments), (it) => it.close())
  return {
    keys,
    database,
    journal,
    facts,
    mark,
    book,
    longestGame,
    chain,
    heads,
    head,
    client,
    court,
    models,
    pool,
  }
}

async function openMark(
  { journal: { url, restored } }: NodeConfig,
  parts: Pick<JournalMarkOptions, "database" | "facts" | "log">,
): Promise<JournalMark | undefined> {
  const file = /^sqlite:(.+)$/s.exec(url)?.[1]
  return file === undefined ? undefined : JournalMark.check({ ...parts, file, restored })
}

async function loadModels(config: NodeConfig): Promise<ServedModel[]> {
  const models: ServedModel[] = []
  for (const { name, version, file, dims, constants, trace, terms, publish, price } of config.models) {
    const model = await loadModel({ name, path: file, trace, dimensions: dims, constants, isPublic: publish })
    models.push({
      ...model,
      termsHash: terms,
      ...(version === undefined ? {} : { version }),
      ...(price === undefined ? {} : { price }),
    })
  }
  return models
}

function openModels(
  config: NodeConfig,
  models: readonly ServedModel[],
  { alerts, log }: Instruments,
): Promise<Pool> {
  return openPool(
    models.map(({ program }, i) => {
      const { workers, threads, queue } = config.models[i]
      return { program, workers, threads, queue }
    }),
    {
      onLost(modelId, cause) {
        log.warn({ modelId, cause }, "A thread was lost and is replaced")
        alerts.raise({
          code: "WorkerLost",
          severity: "warning",
          subject: modelId,
          message: `A thread of model ${modelId} ended: ${cause}. It is replaced; if it happens again, look at the machine's memory`,
        })
      },
    },
  )
}
