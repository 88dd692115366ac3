/** Names of types in one database's SQL. */
export interface Types {
  readonly int: string
  readonly bytes: string
  /** A primary key that counts up by itself. */
  readonly sequence: string
  /** An expression: milliseconds since 1970 by the clock that all who use the database share. */
  readonly now: string
}

const LIMIT = 1000

/**
 * Turns our SQL into that of one database, and remembers what it has turned already: programs use few statements, often.
 *
 * @param value what stands for the n-th value, counted from 1.
 */
export function translator(types: Types, value: (n: number) => string): (sql: string) => string {
  const known = new Map<string, string>()
  return (sql) => {
    const before = known.get(sql)
    if (before !== undefined) return before
    let count = 0
    const translated = sql
      .replace(/\{(int|bytes|sequence|now)\}/g, (_, name: keyof Types) => types[name])
      .replaceAll("?", () => value(++count))
    if (known.size >= LIMIT) known.clear()
    known.set(sql, translated)
    return translated
  }
}
