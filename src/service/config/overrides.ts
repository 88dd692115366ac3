import type { Format, Table } from "./format.ts"
import { nearest } from "./nearest.ts"
import { written } from "./written.ts"
import type { Kind } from "./kinds.ts"

/** Something wrong with the configuration. */
export interface ConfigProblem {
  /** As it is written in the file: `chain.poll`, `models[0].file`; or the name of the variable or flag. */
  readonly at: string
  /** Undefined if it is missing, or could be a secret. */
  readonly value: string | undefined
  /** To go after `at` and `value`: what is allowed. */
  readonly message: string
}

/** A value from outside of the file. */
export interface Override {
  /** `ONUS_NODE__CHAIN__POLL` or `--set chain.poll`: for messages. */
  readonly source: string
  readonly path: readonly string[]
  readonly text: string
}

/** Overrides by the environment: `ONUS_NODE__CHAIN__POLL`, `ONUS_NODE__MODELS__0__FILE`. */
export function fromEnvironment(
  { prefix }: Pick<Format<unknown>, "prefix">,
  environment: NodeJS.ProcessEnv,
): Override[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith(prefix))
    .toSorted()
    .map((source) => ({
      source,
      path: source.slice(prefix.length).split("__"),
      text: environment[source]!,
    }))
}

/** Overrides by flags: `--set chain.poll=2s`. */
export function fromFlags(flags: readonly string[]): Override[] {
  return flags.map((flag) => {
    const [key] = flag.split("=", 1)
    return { source: `--set ${key}`, path: key.split("."), text: flag.slice(key.length + 1) }
  })
}

/**
 * Puts overrides into what the file says.
 *
 * @param sources gets, for each setting that is overridden, by what.
 */
export function override(
  { tables, prefix }: Pick<Format<unknown>, "tables" | "prefix">,
  raw: Record<string, unknown>,
  overrides: readonly Override[],
  sources: Map<string, string>,
): ConfigProblem[] {
  return overrides.flatMap(({ source, path, text }) => {
    const place = placeOf(tables, path)
    if (place && !put(raw, place, text))
      return [{ at: source, value: undefined, message: "goes through what is no table" }]
    if (place) {
      sources.set(written(place.path), source)
      return []
    }
    const separator = source.startsWith(prefix) ? "__" : "."
    const known = nearest(path.join(separator), names(tables, separator))
    const meant = known === undefined ? "" : `; did you mean ${separator === "." ? known : prefix + known}?`
    return [{ at: source, value: undefined, message: `is no setting${meant}` }]
  })
}

interface Place {
  readonly path: readonly (string | number)[]
  readonly kind: Kind<unknown>
}

/** The setting that a path names, in any case of letters; names that the operator chose stay as they are. */
function placeOf(tables: readonly Table[], path: readonly string[]): Place | undefined {
  const lower = path.map((part) => part.toLowerCase())
  for (const { path: table, settings, isList } of tables) {
    if (!table.every((part, i) => part === lower[i])) continue
    const index = isList ? lower[table.length] : undefined
    if (isList && !/^\d{1,3}$/.test(index ?? "")) continue
    const start = [...table, ...(index === undefined ? [] : [Number(index)])]
    const [key, ...chosen] = [lower[start.length], ...path.slice(start.length + 1)]
    if (key === undefined || !Object.hasOwn(settings, key)) continue
    const { kind } = settings[key]
    const depth = kind.form.startsWith("table") ? 1 : 0
    if (chosen.length !== depth || chosen.includes("__proto__")) continue
    return { path: [...start, key, ...chosen], kind }
  }
  return undefined
}

function names(tables: readonly Table[], separator: string): string[] {
  const written = (part: string) => (separator === "." ? part : part.toUpperCase())
  return tables.flatMap(({ path, settings, isList }) =>
    Object.keys(settings).map((key) => [...path, ...(isList ? ["0"] : []), key].map(written).join(separator)),
  )
}

/** @returns whether there was a place for it. */
function put(raw: Record<string, unknown>, { path, kind }: Place, text: string): boolean {
  let inner: unknown = raw
  for (const [i, part] of path.slice(0, -1).entries()) {
    if (inner === null || typeof inner !== "object") return false
    const tables = inner as Record<string | number, unknown>
    // A gap in a list would be a model that nobody wrote.
    if (Array.isArray(inner) && typeof part === "number" && part > inner.length) return false
    if (!Object.hasOwn(tables, part)) tables[part] = typeof path[i + 1] === "number" ? [] : {}
    inner = tables[part]
  }
  if (inner === null || typeof inner !== "object") return false
  ;(inner as Record<string | number, unknown>)[path.at(-1)!] = read(kind.form, text)
  return true
}

function read(form: Kind<unknown>["form"], text: string): unknown {
  if (form === "number" || form === "table of numbers")
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  if (form === "flag") return text === "true" ? true : text === "false" ? false : text
  if (form === "list") return text === "" ? [] : text.split(",").map((part) => part.trim())
  return text
}
