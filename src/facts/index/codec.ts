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
    typeof part === "string" && AMOUNTS.has(name) ? BigInt(part) : part,
  )
