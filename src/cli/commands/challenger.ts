import { loadChallengerConfig } from "../../service/config/load.ts"
import type { ChallengerConfig } from "../../service/config/challenger-config.ts"
import { CHALLENGER } from "../../service/config/challenger-schema.ts"
import { command } from "../command.ts"
import { type Configured, configCommand, initCommand, keyFiles, withConfig } from "../configuration.ts"
import { challengerListCommand } from "./challenger-list.ts"
import { challengerShowCommand } from "./challenger-show.ts"

interface RunOptions {
  readonly config?: string
  readonly set: readonly string[]
  readonly dryRun?: boolean
}

/** What runs a challenger until it ends, and says how it ended. */
type RunChallenger = (
  config: ChallengerConfig,
  options: { readonly configPath: string; readonly dryRun?: boolean; readonly watchOnly?: boolean },
) => Promise<number>

/** Loaded only when one is started: other commands need not wait for its libraries. */
const PROGRAM: string = new URL("../../challenger/challenger.ts", import.meta.url).href

const CONFIGURED: Configured<ChallengerConfig> = {
  format: CHALLENGER,
  name: "challenger",
  summary: ({ chain, keys, book, choose }) => ({
    chain: Number(chain.chainId),
    registry: chain.registry,
    key: keys.sending?.kind ?? "none",
    book: book.url.startsWith("sqlite:") ? book.url : "postgres",
    share: choose.share,
  }),
  files: ({ keys, models }) => [
    ...(keys.sending ? keyFiles(keys.sending) : []),
    ...(models.folder === undefined ? [] : [models.folder]),
  ],
  next: "chain and key",
}

/** `onus challenger`: checks answers, and disputes what is wrong, until it is stopped. */
export function challengerCommand() {
  return (
    withConfig(
      CHALLENGER,
      command(
        "challenger [options]",
        "check answers, dispute wrong ones, collect the rewards",
        "challenger --config onus-challenger.toml --dry-run",
      ),
    )
      .option("--dry-run", "says what it would do and what that would cost, and sends nothing")
      // `challenger list --config FILE` is not about the challenger that is not started.
      .enablePositionalOptions()
      .action(({ config, set, dryRun = false }: RunOptions) => run({ config, set, dryRun, watchOnly: false }))
      .addCommand(initCommand(CONFIGURED))
      .addCommand(configCommand(CONFIGURED))
      .addCommand(challengerListCommand())
      .addCommand(challengerShowCommand())
  )
}

/** `onus monitor`: the same without a key: it checks and forecasts, and spends nothing. */
export function monitorCommand() {
  return withConfig(
    CHALLENGER,
    command(
      "monitor [options]",
      "check answers and forecast disputes; needs no key, spends nothing",
      "monitor --config onus-challenger.toml",
    ),
  ).action(({ config, set }: RunOptions) => run({ config, set, dryRun: false, watchOnly: true }))
}

async function run({
  config: named,
  set,
  ...mode
}: Pick<RunOptions, "set"> & {
  readonly config: string | undefined
  readonly dryRun: boolean
  readonly watchOnly: boolean
}): Promise<void> {
  const { config, path } = await loadChallengerConfig({ config: named, set })
  const { runChallenger } = (await import(PROGRAM)) as { runChallenger: RunChallenger }
  process.exitCode = await runChallenger(config, { configPath: path, ...mode })
}
