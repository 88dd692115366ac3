import { dirname } from "node:path"
import type { ChallengerConfig } from "./challenger-config.ts"
import { CHALLENGER } from "./challenger-schema.ts"
import { findConfig, readConfig } from "./file.ts"
import type { Format } from "./format.ts"
import type { NodeConfig } from "./node-config.ts"
import { NODE } from "./node-schema.ts"
import { fromEnvironment, fromFlags, override } from "./overrides.ts"
import { configInvalid, problemsOf } from "./problems.ts"

export interface LoadOptions {
  /** The file; otherwise it is looked for. */
  readonly config?: string | undefined
  /** `KEY=VALUE`, such as `chain.poll=2s`: they win over everything. */
  readonly set?: readonly string[]
  readonly environment?: NodeJS.ProcessEnv
}

/** The configuration, and the absolute path of the file that it is from. */
export interface LoadedConfig<C> {
  readonly config: C
  readonly path: string
}

/** A configuration with what it was made of. */
export interface ReadConfig<C> extends LoadedConfig<C> {
  /** As it is written, with the overrides in it. */
  readonly raw: Readonly<Record<string, unknown>>
  /** Which variable or flag has the last word about a setting, where one has. */
  readonly sources: ReadonlyMap<string, string>
}

/**
 * Loads a configuration: flags win over the environment (`ONUS_NODE__CHAIN__POLL`), that over the file, that over the defaults.
 *
 * @throws OnusError `ConfigMissing`, `ConfigUnreadable`, `ConfigMalformed`, `ConfigInvalid` with every problem there is.
 */
export async function loadConfig<C>(format: Format<C>, options: LoadOptions = {}): Promise<ReadConfig<C>> {
  const { config: named, set = [], environment = process.env } = options
  const path = findConfig(format, named, environment)
  const raw = await readConfig(path)
  const sources = new Map<string, string>()
  const overrides = [...fromEnvironment(format, environment), ...fromFlags(set)]
  const misplaced = override(format, raw, overrides, sources)
  const parsed = format.schema(dirname(path)).safeParse(raw)
  const problems = [...misplaced, ...(parsed.success ? [] : problemsOf(format, parsed.error.issues, raw))]
  if (!parsed.success || problems.length > 0) throw configInvalid(format, path, problems)
  return { config: parsed.data, path, raw, sources }
}

/** Loads the configuration of a provider node. @throws as `loadConfig`. */
export const loadNodeConfig = (options: LoadOptions = {}): Promise<LoadedConfig<NodeConfig>> =>
  loadConfig(NODE, options)

/** Loads the configuration of a challenger. @throws as `loadConfig`. */
export const loadChallengerConfig = (options: LoadOptions = {}): Promise<LoadedConfig<ChallengerConfig>> =>
  loadConfig(CHALLENGER, options)
