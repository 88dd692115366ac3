import { styleText } from "node:util"
import { isOnusError } from "../protocol/errors.ts"

/** What a command found out: data for `--json`, and lines for people. */
export interface Report {
  readonly data: object
  readonly lines: readonly string[]
}

type Style = Parameters<typeof styleText>[0]

/** Emphasis, unless the output is no terminal or NO_COLOR is set. */
export const emphasise = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(style, text, { stream })

/** Prints a report on stdout. */
export function printReport({ data, lines }: Report, json: boolean): void {
  console.log(json ? JSON.stringify(data, plain, 2) : lines.map(printable).join("\n"))
}

/** Says on stderr what is about to happen: it is no data. */
export function announce(lines: readonly string[]): void {
  console.error(lines.map(printable).join("\n"))
}

/** Prints an error: for people on stderr, with `--json` as data on stdout. */
export function printError(error: unknown, json: boolean): void {
  const { code, message, hint } = isOnusError(error)
    ? error
    : { code: "Unexpected", message: (error as Error).message ?? String(error), hint: undefined }
  if (json) return console.log(JSON.stringify({ error: { code, message, hint } }, null, 2))
  console.error(`${emphasise("red", `error ${code}:`, process.stderr)} ${printable(message)}`)
  if (hint !== undefined) console.error(`hint: ${printable(hint)}`)
  // Nobody can act on an unexpected error without its place.
  if (!isOnusError(error) && process.env.ONUS_DEBUG) console.error((error as Error).stack)
}

/** Lines of names and values in two columns. */
export function fields(entries: Readonly<Record<string, unknown>>): string[] {
  const width = Math.max(...Object.keys(entries).map((name) => name.length)) + 2
  return Object.entries(entries).map(([name, value]) => `${name.padEnd(width)}${String(value)}`)
}

/** Lines of a table; the first row is its head. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map((row, number) => {
    const line = row.map((cell, column) => cell.padEnd(widths[column])).join("  ")
    return number === 0 ? emphasise("bold", line.trimEnd()) : line.trimEnd()
  })
}

const plain = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value)

/** Names in a file of a stranger must not control the terminal: colours of our own are all that is let through. */
const printable = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, (character, at: number) => {
    const isOwn = character === "\n" || (character === "\x1b" && /^\x1b\[\d+m/.test(text.slice(at, at + 6)))
    return isOwn ? character : "\ufffd"
  })
