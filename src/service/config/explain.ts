import { shownUrl } from "../scrub.ts"
import type { Format } from "./format.ts"
import type { ReadConfig } from "./load.ts"
import type { Setting, Settings } from "./setting.ts"
import { written } from "./written.ts"

/** What holds for one setting, and who said so. */
export interface Explained {
  /** `chain.poll`, `models[0].file`. */
  readonly key: string
  /** As the file would have it, without credentials; undefined if there is none. */
  readonly value: unknown
  /** `default`, `file`, or the variable or flag. */
  readonly from: string
}

/** Every setting of a configuration. */
export function explainConfig(
  { tables }: Pick<Format<unknown>, "tables">,
  { raw, sources }: Pick<ReadConfig<unknown>, "raw" | "sources">,
): Explained[] {
  return tables.flatMap(({ path, settings, isList, isOptional }) => {
    const found = path.reduce<unknown>(
      (inner, part) => (inner as Record<string, unknown> | undefined)?.[part],
      raw,
    )
    if (isList)
      return (found as unknown[]).flatMap((table, i) => explainTable([...path, i], settings, table, sources))
    return found === undefined && isOptional ? [] : explainTable(path, settings, found ?? {}, sources)
  })
}

function explainTable(
  path: readonly (string | number)[],
  settings: Settings,
  table: unknown,
  sources: ReadonlyMap<string, string>,
): Explained[] {
  return Object.entries(settings).map(([name, setting]) => {
    const key = written([...path, name])
    const said = (table as Record<string, unknown>)[name]
    const source = [...sources].find(([overridden]) => overridden === key || overridden.startsWith(`${key}.`))
    const from = source?.[1] ?? (said === undefined ? "default" : "file")
    return { key, value: shown(setting, said ?? setting.preset), from }
  })
}

function shown({ kind }: Setting<unknown>, value: unknown): unknown {
  if (!kind.isSecret || value === undefined) return value
  return Array.isArray(value) ? value.map((part) => shownUrl(String(part))) : shownUrl(value as string)
}
