import { loadNodeConfig } from "../../service/config/load.ts"
import type { NodeConfig } from "../../service/config/node-config.ts"
import { NODE } from "../../service/config/node-schema.ts"
import { command } from "../command.ts"
import { type Configured, configCommand, initCommand, keyFiles, withConfig } from "../configuration.ts"

interface NodeOptions {
  readonly config?: string
  readonly set: readonly string[]
  readonly restored?: boolean
  readonly acknowledged?: boolean
}

/** What runs a node until it ends, and says how it ended. */
type RunNode = (
  config: NodeConfig,
  context: { readonly configPath: string; readonly acknowledged: boolean },
) => Promise<number>

/** Loaded only when a node is started: other commands need not wait for its libraries. */
const PROGRAM: string = new URL("../../provider/node.ts", import.meta.url).href

const CONFIGURED: Configured<NodeConfig> = {
  format: NODE,
  name: "node",
  summary: ({ chain, provider, models }) => ({
    chain: Number(chain.chainId),
    provider: provider.address,
    models: models.map(({ name }) => name),
  }),
  files: ({ keys, models }) => [
    ...[keys.signing, keys.sending].flatMap(keyFiles),
    ...models.flatMap(({ file, constants }) => [file, ...Object.values(constants)]),
  ],
  next: "chain, provider, keys and models",
}

/** `onus node`: serves models, until it is stopped. */
export function nodeCommand() {
  return (
    withConfig(NODE, command("node [options]", "serve models as a provider", "node --config onus.toml"))
      .option(
        "--restored",
        "the journal was restored from a backup: go on, and take no request ids of clients",
      )
      .option(
        "--acknowledged",
        "you have found out why new work was stopped (ForeignAnchor, Convicted): take it again",
      )
      // `node config check --config FILE` is not about the node that is not started.
      .enablePositionalOptions()
      .action(runNodeCommand)
      .addCommand(initCommand(CONFIGURED))
      .addCommand(configCommand(CONFIGURED))
  )
}

async function runNodeCommand({
  config: named,
  set,
  restored,
  acknowledged = false,
}: NodeOptions): Promise<void> {
  const overrides = restored ? [...set, "journal.restored=true"] : set
  const { config, path } = await loadNodeConfig({ config: named, set: overrides })
  const { runNode } = (await import(PROGRAM)) as { runNode: RunNode }
  process.exitCode = await runNode(config, { configPath: path, acknowledged })
}
