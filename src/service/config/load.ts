import { dirname, resolve } from "node:path"
import { findConfig, readConfig } from "./file.ts"
import type { KeyConfig, NodeConfig } from "./node-config.ts"
import { fromEnvironment, fromFlags, override } from "./overrides.ts"
import { configInvalid, problemsOf } from "./problems.ts"
import { schema } from "./schema.ts"

export interface LoadOptions {
  /** The file; otherwise it is looked for. */
  readonly config?: string | undefined
  /** `KEY=VALUE`, such as `chain.poll=2s`: they win over everything. */
  readonly set?: readonly string[]
  readonly environment?: NodeJS.ProcessEnv
}

/** The configuration, and the absolute path of the file that it is from. */
export interface LoadedConfig {
  readonly config: NodeConfig
  readonly path: string
}

/** A configuration with what it was made of. */
export interface ReadConfig extends LoadedConfig {
  /** As it is written, with the overrides in it. */
  readonly raw: Readonly<Record<string, unknown>>
  /** Which variable or flag has the last word about a setting, where one has. */
  readonly sources: ReadonlyMap<string, string>
}

/**
 * Loads the configuration of a provider node: flags win over the environment (`ONUS_NODE__CHAIN__POLL`), that over the
 * file, that over the defaults.
 *
 * @throws OnusError `ConfigMissing`, `ConfigUnreadable`, `ConfigMalformed`, `ConfigInvalid` with every problem there is.
 */
export async function loadNodeConfig(options: LoadOptions = {}): Promise<LoadedConfig> {
  const { config, path } = await readNodeConfig(options)
  return { config, path }
}

/** `loadNodeConfig`, for those who explain it. */
export async function readNodeConfig(options: LoadOptions = {}): Promise<ReadConfig> {
  const { config: named, set = [], environment = process.env } = options
  const path = findConfig(named, environment)
  const raw = await readConfig(path)
  const sources = new Map<string, string>()
  const misplaced = override(raw, [...fromEnvironment(environment), ...fromFlags(set)], sources)
  const parsed = schema.safeParse(raw)
  const problems = [...misplaced, ...(parsed.success ? [] : problemsOf(parsed.error.issues, raw))]
  if (!parsed.success || problems.length > 0) throw configInvalid(path, problems)
  const { keys, journal, models, ...rest } = parsed.data
  const base = dirname(path)
  const signing = placed(base, keys.signing)
  const config: NodeConfig = {
    ...rest,
    keys: { signing, sending: keys.sending ? placed(base, keys.sending) : signing },
    journal: {
      ...journal,
      url: journal.url.replace(/^sqlite:(.*)$/s, (_, file: string) => `sqlite:${resolve(base, file)}`),
    },
    models: models.map((model) => ({
      ...model,
      file: resolve(base, model.file),
      constants: Object.fromEntries(
        Object.entries(model.constants).map(([name, file]) => [name, resolve(base, file)]),
      ),
    })),
  }
  return { config, path, raw, sources }
}

/** Paths are relative to the file that names them. */
function placed(base: string, key: KeyConfig): KeyConfig {
  if (key.kind !== "keystore") return key
  const { keystore, passwordFile } = key
  return {
    ...key,
    keystore: resolve(base, keystore),
    passwordFile: passwordFile === "-" ? "-" : resolve(base, passwordFile),
  }
}
