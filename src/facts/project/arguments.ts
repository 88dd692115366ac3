const SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** The arguments of an event, each read as what it is. */
export class Arguments {
  readonly #values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values
  }

  /** An address or a hash, in lower case. */
  hex(name: string): string {
    return (this.#values[name] as string).toLowerCase()
  }

  /** Hostile text, cut short. */
  text(name: string): string {
    return shorten(this.#values[name] as string, LONGEST_TEXT)
  }

  amount(name: string): bigint {
    return this.#values[name] as bigint
  }

  /** A number of few bits; what has more is taken for the largest that is exact. */
  number(name: string): number {
    const value = this.#values[name] as bigint
    return Number(value > SAFE ? SAFE : value)
  }

  struct(name: string): Arguments {
    return new Arguments(this.#values[name] as Record<string, unknown>)
  }

  /** All of them as JSON: integers as decimal strings, long data cut short. */
  toJson(): string {
    return JSON.stringify(this.#values, (_, value: unknown): unknown => {
      if (typeof value === "bigint") return String(value)
      if (Array.isArray(value)) return (value as unknown[]).slice(0, MOST_ITEMS)
      return typeof value === "string" ? shorten(value, LONGEST_DATA) : value
    })
  }
}

const LONGEST_TEXT = 4096
const LONGEST_DATA = 512
const MOST_ITEMS = 8

/** Not within a character of two code units. */
function shorten(text: string, most: number): string {
  if (text.length <= most) return text
  const end = /[\uD800-\uDBFF]/.test(text[most - 2]) ? most - 2 : most - 1
  return `${text.slice(0, end)}…`
}
