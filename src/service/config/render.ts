import type { Format, Table } from "./format.ts"
import type { Raw, Setting } from "./setting.ts"

const WIDTH = 100

/**
 * A configuration file.
 *
 * @param extent `maximal` has every key with what it means and its default; `minimal` only what everybody has to say.
 */
export function renderConfig(
  { head, tables }: Pick<Format<unknown>, "head" | "tables">,
  extent: "minimal" | "maximal",
): string {
  const written = tables.map((table) => (extent === "maximal" ? whole(table) : least(table)))
  return [...(extent === "maximal" ? [head] : []), ...written.filter((text) => text !== "")].join("\n")
}

/** Whether a table stands only in a comment. One that may be left out, but names keys to show, is what nearly everybody has. */
const isNoted = ({ isOptional, shown }: Table) => isOptional === true && shown === undefined

const header = ({ path, isList }: Table) => (isList ? `[[${path.join(".")}]]` : `[${path.join(".")}]`)

function whole(table: Table): string {
  const { about, settings, shown = [] } = table
  const lines = Object.entries(settings).flatMap(([key, setting]) => {
    const isNote = setting.isOptional && !shown.includes(key)
    return [...comment(setting.about), `${isNote || isNoted(table) ? "# " : ""}${assignment(key, setting)}`]
  })
  return `${[...comment(about), `${isNoted(table) ? "# " : ""}${header(table)}`, ...lines].join("\n")}\n`
}

function least(table: Table): string {
  const { settings, shown = [] } = table
  const said = Object.entries(settings).filter(
    ([key, { preset, isOptional }]) => (preset === undefined && !isOptional) || shown.includes(key),
  )
  if (isNoted(table) || said.length === 0) return ""
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
