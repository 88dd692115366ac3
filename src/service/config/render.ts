import { TABLES, type Table } from "./schema.ts"
import type { Raw, Setting } from "./setting.ts"

const WIDTH = 100

const HEAD = `# A provider node of Onus: \`onus node --config onus.toml\`.
# Paths are relative to this file. Each key can be overridden: by --set chain.poll=2s, and by a variable such as
# ONUS_NODE__CHAIN__POLL=2s. \`onus node config check\` says what is wrong, \`onus node config show\` what holds.
`

/**
 * A configuration file.
 *
 * @param extent `maximal` has every key with what it means and its default; `minimal` only what everybody has to say.
 */
export function renderConfig(extent: "minimal" | "maximal"): string {
  const tables = TABLES.map((table) => (extent === "maximal" ? whole(table) : least(table)))
  return [...(extent === "maximal" ? [HEAD] : []), ...tables.filter((text) => text !== "")].join("\n")
}

const header = ({ path, isList }: Table) => (isList ? `[[${path.join(".")}]]` : `[${path.join(".")}]`)

function whole(table: Table): string {
  const { about, settings, isOptional, shown = [] } = table
  const lines = Object.entries(settings).flatMap(([key, setting]) => {
    const isNote = setting.isOptional && !shown.includes(key)
    return [...comment(setting.about), `${isNote || isOptional ? "# " : ""}${assignment(key, setting)}`]
  })
  return `${[...comment(about), `${isOptional ? "# " : ""}${header(table)}`, ...lines].join("\n")}\n`
}

function least(table: Table): string {
  const { settings, isOptional, shown = [] } = table
  const said = Object.entries(settings).filter(
    ([key, { preset, isOptional }]) => (preset === undefined && !isOptional) || shown.includes(key),
  )
  if (isOptional || said.length === 0) return ""
  return `${[header(table), ...said.map(([key, setting]) => assignment(key, setting))].join("\n")}\n`
}

const assignment = (key: string, { preset, example }: Setting<unknown>) =>
  `${key} = ${toml(preset ?? example!)}`

/** Lines of a comment that fit the width. */
function comment(text: string): string[] {
  const lines = [""]
  for (const word of text.split(" ")) {
    const last = lines.at(-1)
    if (last !== "" && last.length + word.length >= WIDTH) lines.push(word)
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`
  }
  return lines.map((line) => `# ${line}`)
}

/** A value as TOML writes it. */
function toml(value: Raw): string {
  if (Array.isArray(value)) return `[${value.map(toml).join(", ")}]`
  return typeof value === "object" ? "{}" : JSON.stringify(value)
}
