import { styleText } from "node:util"

/** Collects what happens, and prints it while it happens. */
export class Reporter {
  readonly #quiet: boolean
  readonly acts: { title: string; facts: Record<string, unknown>[] }[] = []
  readonly gas: Record<string, number> = {}

  /** @param quiet Print nothing: the collected facts are printed as JSON at the end. */
  constructor(quiet: boolean) {
    this.#quiet = quiet
  }

  /** Starts a part of the story. */
  act(title: string): void {
    this.acts.push({ title, facts: [] })
    this.line("")
    this.line(styleText("bold", `${this.acts.length}. ${title}`))
  }

  /** One thing that happened: a sentence for people, facts for programs. */
  tell(sentence: string, facts: Record<string, unknown> = {}): void {
    this.acts.at(-1)?.facts.push({ what: plainText(sentence), ...facts })
    this.line(`   ${sentence}`)
  }

  /** Gas of one kind of transaction: the first of its kind counts. */
  spent(kind: string, gas: bigint): void {
    this.gas[kind] ??= Number(gas)
  }

  /** A table with right-aligned columns but the first. */
  table(header: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = header.map((_, at) => Math.max(...[header, ...rows].map((row) => row[at].length)))
    const line = (row: readonly string[]) =>
      row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join("  ")
    this.line(`   ${styleText("dim", line(header))}`)
    for (const row of rows) this.line(`   ${line(row)}`)
  }

  line(text: string): void {
    if (!this.#quiet) console.log(text)
  }
}

/** Without terminal colours. */
function plainText(text: string): string {
  return text.replace(/\u001b\[[0-9;]*m/g, "")
}

/** Token units with up to four decimals. */
export function money(units: bigint): string {
  const sign = units < 0n ? "-" : ""
  const size = units < 0n ? -units : units
  const decimals = (size % 10n ** 18n).toString().padStart(18, "0").slice(0, 4).replace(/0+$/, "")
  return `${sign}${size / 10n ** 18n}${decimals && `.${decimals}`} DEMO`
}

/** A hash or address in short. */
export function short(hex: string): string {
  return `${hex.slice(0, 8)}..${hex.slice(-4)}`
}

/** A picture of a digit in half-height characters, two rows a line. */
export function sketch(pixels: Float32Array, side: number): string[] {
  const shades = " .:*#"
  const shade = (value: number) => shades[Math.min(shades.length - 1, Math.floor(value * shades.length))]
  const lines: string[] = []
  for (let row = 0; row + 1 < side; row += 2) {
    const cells = Array.from({ length: side }, (_, x) =>
      shade(Math.max(pixels[row * side + x], pixels[(row + 1) * side + x])),
    )
    lines.push(cells.join("").trimEnd())
  }
  return lines.filter((line) => line !== "")
}
