import { hostname } from "node:os"
import { openHeads, type FollowedChain } from "../../chain/open-heads.ts"
import { OnusError } from "../../protocol/errors.ts"
import { type Amounts, amountsOf } from "../../sdk/amounts.ts"
import { type Court, openCourt } from "../../sdk/game/court.ts"
import { connect } from "../../sdk/client.ts"
import { CURSOR_TABLES } from "../../chain/logs.ts"
import type { ChallengerConfig } from "../../service/config/challenger-config.ts"
import type { Key } from "../../service/key.ts"
import { openKey } from "../../service/key/open.ts"
import { PasswordLines } from "../../service/key/password.ts"
import type { Run } from "../../service/program.ts"
import type { Database } from "../../store/database.ts"
import { migrate } from "../../store/migrate.ts"
import { openDatabase } from "../../store/open.ts"
import { requireFolders } from "./folders.ts"

/** How a challenger is started. */
export interface Mode {
  /** Says what it would do, and sends nothing. */
  readonly dryRun: boolean
  /** Has no key: watches, checks and forecasts. */
  readonly watchOnly: boolean
}

/** What a challenger stands on: its key, its book, the chain. */
export interface Foundation extends FollowedChain {
  /** Undefined for a monitor. */
  readonly key: Key | undefined
  readonly database: Database
  readonly court: Court
  readonly amounts: Amounts
}

/** Says who holds a lock, to whoever wants it too. */
const holder = (): string => `process ${process.pid} on ${hostname()}`

/**
 * Opens everything in the order in which a mistake is cheapest to find, and locks the book first of all.
 *
 * @throws OnusError that names what is wrong.
 */
export async function openFoundation(
  config: ChallengerConfig,
  { instruments, opened, fatal }: Pick<Run, "instruments" | "opened" | "fatal">,
  { watchOnly }: Pick<Mode, "watchOnly">,
): Promise<Foundation> {
  const database = opened.add("book", await openDatabase(config.book.url), (it) => it.close())
  // Two with one book would make every move twice.
  await database.lock("challenger", holder(), fatal)
  const key = watchOnly ? undefined : await openSending(config)
  await requireFolders(config)
  const followed = await openHeads(config.chain, instruments, opened)
  const client = await connect(followed.chain, config.chain.registry, config.chain.chainId)
  const court = await openCourt(client)
  const amounts = await amountsOf(client)
  await migrate(database, CURSOR_TABLES.name, CURSOR_TABLES.steps)
  return { ...followed, key, database, court, amounts }
}

function openSending({ keys }: ChallengerConfig): Promise<Key> {
  if (keys.sending) return openKey(keys.sending, { stdin: new PasswordLines(process.stdin) })
  throw new OnusError("KeyMissing", "A challenger needs a key that pays bonds and gas", {
    hint: "Name one in [keys.sending]; `onus monitor` needs none, and spends nothing",
  })
}
