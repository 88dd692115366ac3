import type { z } from "zod"
import { OnusError } from "../../protocol/errors.ts"
import type { Format, Table } from "./format.ts"
import { nearest } from "./nearest.ts"
import type { ConfigProblem } from "./overrides.ts"
import type { Setting } from "./setting.ts"
import { written } from "./written.ts"

const LONGEST_SHOWN = 80

/** What the schema found, in words: each with its place, its value and what is allowed there. */
export function problemsOf(
  { tables }: Pick<Format<unknown>, "tables">,
  issues: readonly z.core.$ZodIssue[],
  raw: unknown,
): ConfigProblem[] {
  return issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return unknownKeys(tables, issue.keys, issue.path)
    const found = settingAt(tables, issue.path)
    const at = written(found?.path ?? issue.path)
    const value = valueAt(raw, found?.path ?? issue.path)
    if (issue.code === "custom" && issue.params?.isWhole)
      return [{ at, value: undefined, message: issue.message }]
    const allowed = found?.setting.kind.allowed ?? tableAllowed(tables, issue.path)
    if (value === undefined) return [{ at, value: undefined, message: `is missing: it must be ${allowed}` }]
    const shown = found && !found.setting.kind.isSecret ? show(value) : undefined
    return [{ at, value: shown, message: `must be ${allowed}` }]
  })
}

/**
 * All problems at once.
 *
 * @returns OnusError `ConfigInvalid`, one line for each problem.
 */
export function configInvalid(
  { init }: Pick<Format<unknown>, "init">,
  path: string,
  problems: readonly ConfigProblem[],
): OnusError {
  const unique = [...new Set(problems.map(line))]
  const count = unique.length === 1 ? "a problem" : `${unique.length} problems`
  return new OnusError(
    "ConfigInvalid",
    `${path} has ${count}:\n${unique.map((text) => `  ${text}`).join("\n")}`,
    {
      hint: `\`${init}\` writes a file with every setting and what it means`,
    },
  )
}

const line = ({ at, value, message }: ConfigProblem) =>
  `${at}${value === undefined ? "" : ` = ${value}`} ${message}`

function unknownKeys(
  tables: readonly Table[],
  keys: readonly string[],
  path: readonly PropertyKey[],
): ConfigProblem[] {
  const known = knownBelow(tables, path)
  return keys.map((key) => {
    const meant = nearest(key, known)
    const rest = meant === undefined ? `; known here: ${known.join(", ")}` : `; did you mean ${meant}?`
    return { at: written([...path, key]), value: undefined, message: `is no setting${rest}` }
  })
}

/** Names of settings and tables in the table at a path. */
function knownBelow(tables: readonly Table[], path: readonly PropertyKey[]): string[] {
  const here = path.filter((part) => typeof part !== "number")
  const below = tables.filter((table) => here.every((part, i) => table.path[i] === part))
  const names = below.flatMap((table) =>
    table.path.length === here.length ? Object.keys(table.settings) : [table.path[here.length]],
  )
  return [...new Set(names)]
}

/** The setting that a path leads to or into. */
function settingAt(
  tables: readonly Table[],
  path: readonly PropertyKey[],
): { setting: Setting<unknown>; path: readonly PropertyKey[] } | undefined {
  for (const { path: table, settings, isList } of tables) {
    const depth = table.length + (isList ? 1 : 0)
    const key = path[depth]
    if (!table.every((part, i) => part === path[i]) || typeof key !== "string") continue
    if (Object.hasOwn(settings, key)) return { setting: settings[key], path: path.slice(0, depth + 1) }
  }
  return undefined
}

function tableAllowed(tables: readonly Table[], path: readonly PropertyKey[]): string {
  const name = path.join(".")
  const isList = tables.some((table) => table.isList && table.path.join(".") === name)
  return isList ? `one [[${name}]] table or several, 1000 at most` : "a table"
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      inner !== null && typeof inner === "object" && Object.hasOwn(inner, part)
        ? (inner as Record<PropertyKey, unknown>)[part]
        : undefined,
    raw,
  )
}

function show(value: unknown): string {
  const text =
    JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part)) ?? ""
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}...`
}
