import { access, constants } from "node:fs/promises"
import { Command } from "commander"
import { OnusError } from "../protocol/errors.ts"
import { explainConfig } from "../service/config/explain.ts"
import type { Format } from "../service/config/format.ts"
import { type LoadOptions, loadConfig } from "../service/config/load.ts"
import { renderConfig } from "../service/config/render.ts"
import type { KeyConfig } from "../service/config/shared-config.ts"
import { command, reports } from "./command.ts"
import { NewFile, requireAbsent } from "./file.ts"
import { collect } from "./model-file.ts"
import { fields, table } from "./output.ts"

/** A program that is started with a configuration. */
export interface Configured<C> {
  readonly format: Format<C>
  /** The command that starts it: `node`. */
  readonly name: string
  /** What of the configuration is worth to be repeated when it is in order. */
  readonly summary: (config: C) => Readonly<Record<string, unknown>>
  /** Files and folders that must be there. */
  readonly files: (config: C) => readonly string[]
  /** What to fill in first. */
  readonly next: string
}

/** Adds the options that say where a configuration is, and change single keys of it. */
export function withConfig(
  { file, variable }: Pick<Format<unknown>, "file" | "variable">,
  command: Command,
): Command {
  return command
    .option("--config <file>", `default: ${variable}, ./${file}, then onus/${file} in the user's folder`)
    .option("--set <key=value>", "overrides one key, such as chain.poll=2s; may be repeated", collect, [])
}

/** `onus NAME init`: writes a configuration to start from. */
export function initCommand<C>({ format, name, next }: Configured<C>): Command {
  const write = ({ out, minimal }: { readonly out: string; readonly minimal?: boolean }) => {
    requireAbsent(out)
    const file = new NewFile(out)
    try {
      file.publish(renderConfig(format, minimal ? "minimal" : "maximal"))
    } finally {
      file.discard()
    }
    const check = `\`onus ${name} config check\``
    return {
      data: { file: out },
      lines: [`wrote ${out}`, `Next: fill in ${next}, then ${check}; docs/running.md leads through it`],
    }
  }
  return command("init [options]", "write a commented configuration", `${name} init --out ${format.file}`)
    .option("--out <file>", "where to; must not exist", format.file)
    .option("--minimal", "only what everybody has to say")
    .action(reports(write))
}

/** `onus NAME config ...`: says what the program would do, without starting it. */
export function configCommand<C>(configured: Configured<C>): Command {
  const { format, name } = configured
  return new Command("config")
    .description("check and show the configuration")
    .addCommand(
      withConfig(
        format,
        command("check [options]", "say everything that is wrong", `${name} config check`),
      ).action(reports((options: LoadOptions) => check(configured, options))),
    )
    .addCommand(
      withConfig(
        format,
        command("show [options]", "show what holds, and who said so; no credentials", `${name} config show`),
      ).action(reports((options: LoadOptions) => show(configured, options))),
    )
}

async function check<C>({ format, summary, files }: Configured<C>, options: LoadOptions) {
  const { config, path } = await loadConfig(format, options)
  await requireFiles(path, files(config))
  const found = summary(config)
  const shown = Object.entries(found).map(([key, value]) => [
    key,
    Array.isArray(value) ? value.join(", ") : value,
  ])
  return {
    data: { config: path, ...found },
    lines: [`${path} is in order`, ...fields(Object.fromEntries(shown) as Record<string, unknown>)],
  }
}

async function show<C>({ format }: Configured<C>, options: LoadOptions) {
  const read = await loadConfig(format, options)
  const settings = explainConfig(format, read)
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
async function requireFiles(path: string, files: readonly string[]): Promise<void> {
  const missing: string[] = []
  for (const file of new Set(files)) {
    await access(file, constants.R_OK).catch(() => missing.push(file))
  }
  if (missing.length === 0) return
  throw new OnusError("FileUnreadable", `${path} names files that cannot be read: ${missing.join(", ")}`, {
    hint: "Paths are relative to the configuration; the user that runs the program must be able to read them",
  })
}

/** The files of a key. */
export const keyFiles = (key: KeyConfig): readonly string[] =>
  key.kind === "keystore" ? [key.keystore, key.passwordFile].filter((file) => file !== "-") : []
