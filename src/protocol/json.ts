/** JSON text for people and programs: indented, with integers beyond doubles as decimal strings. */
export function toJson(value: unknown): string {
  const plain = (_: string, entry: unknown): unknown => (typeof entry === "bigint" ? entry.toString() : entry)
  return JSON.stringify(value, plain, 2)
}
