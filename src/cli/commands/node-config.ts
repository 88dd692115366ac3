import { access, constants } from "node:fs/promises"
import { Command } from "commander"
import { OnusError } from "../../protocol/errors.ts"
import { type LoadOptions, loadNodeConfig, readNodeConfig } from "../../service/config/load.ts"
import { explainConfig } from "../../service/config/explain.ts"
import type { KeyConfig, NodeConfig } from "../../service/config/node-config.ts"
import { command, reports } from "../command.ts"
import { collect } from "../model-file.ts"
import { fields, table } from "../output.ts"

/** Adds the options that say where a configuration is, and change single keys of it. */
export function withConfig(command: Command): Command {
  return command
    .option("--config <file>", "default: ONUS_CONFIG, ./onus.toml, then onus/onus.toml in the user's folder")
    .option("--set <key=value>", "overrides one key, such as chain.poll=2s; may be repeated", collect, [])
}

/** `onus node config ...`: says what a node would do, without starting one. */
export function nodeConfigCommand() {
  return new Command("config")
    .description("check and show the configuration of a node")
    .addCommand(
      withConfig(command("check [options]", "say everything that is wrong", "node config check")).action(
        reports(check),
      ),
    )
    .addCommand(
      withConfig(
        command("show [options]", "show what holds, and who said so; no credentials", "node config show"),
      ).action(reports(show)),
    )
}

async function check(options: LoadOptions) {
  const { config, path } = await loadNodeConfig(options)
  await requireFiles(path, config)
  const data = {
    config: path,
    chain: Number(config.chain.chainId),
    provider: config.provider.address,
    models: config.models.map(({ name }) => name),
  }
  return {
    data,
    lines: [`${path} is in order`, ...fields({ ...data, models: data.models.join(", ") }).slice(1)],
  }
}

async function show(options: LoadOptions) {
  const read = await readNodeConfig(options)
  const settings = explainConfig(read)
  const rows = settings.map(({ key, value, from }) => [
    key,
    value === undefined ? "" : JSON.stringify(value),
    from,
  ])
  return {
    data: { config: read.path, settings },
    lines: [`config  ${read.path}`, ...table([["key", "value", "from"], ...rows])],
  }
}

/** @throws OnusError `FileUnreadable` that names all files that are missing. */
async function requireFiles(path: string, { keys, models }: NodeConfig): Promise<void> {
  const files = [
    ...[keys.signing, keys.sending].flatMap(keyFiles),
    ...models.flatMap(({ file, constants }) => [file, ...Object.values(constants)]),
  ]
  const missing: string[] = []
  for (const file of new Set(files)) {
    await access(file, constants.R_OK).catch(() => missing.push(file))
  }
  if (missing.length === 0) return
  throw new OnusError("FileUnreadable", `${path} names files that cannot be read: ${missing.join(", ")}`, {
    hint: "Paths are relative to the configuration; the user that runs the node must be able to read them",
  })
}

const keyFiles = (key: KeyConfig): string[] =>
  key.kind === "keystore" ? [key.keystore, key.passwordFile].filter((file) => file !== "-") : []
