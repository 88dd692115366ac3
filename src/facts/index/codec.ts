import { COLUMNS } from "../columns.ts"

/** Columns that hold amounts, under the same name in every table; and what is derived from them. */
const AMOUNTS: ReadonlySet<string> = new Set([
  "capacity",
  ...Object.values(COLUMNS).flatMap((columns) =>
    Object.entries(columns).flatMap(([column, kind]) => (kind.startsWith("amount") ? [column] : [])),
  ),
])

/** Facts as JSON: amounts are decimal strings. */
export const encode = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part))

/** Facts out of JSON. @throws SyntaxError */
export const decode = (text: string): unknown =>
  JSON.parse(text, (name, part: unknown) =>
    typeof part === "string" && AMOUNTS.has(name) ? amountOf(part) : part,
  )

/** Nothing but digits, of as many as an amount can have: no text is taken for zero. */
function amountOf(text: string): bigint {
  if (/^\d{1,78}$/.test(text)) return BigInt(text)
  throw new SyntaxError(`${JSON.stringify(text.slice(0, 80))} is no amount`)
}
