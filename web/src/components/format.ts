import { formatUnits } from "ethers"

/** A hash or an address in short. */
export const short = (hex: string): string => (hex.length > 16 ? `${hex.slice(0, 8)}…${hex.slice(-4)}` : hex)

const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 0 })

/** A count with separators. */
export const count = (value: number | bigint): string => NUMBER.format(value)

/** Units of a token, or wei, with at most so many decimals; what is less than that is not made zero. */
export function units(value: bigint, decimals: number, most = 4): string {
  const text = formatUnits(value, decimals)
  const [whole, fraction = ""] = text.split(".")
  const cut = fraction.slice(0, most).replace(/0+$/, "")
  const shown = `${NUMBER.format(BigInt(whole))}${cut && `.${cut}`}`
  if (value > 0n && whole === "0" && cut === "") return `< 0.${"0".repeat(most - 1)}1`
  return shown
}

/** A number as a model computes it, as short as float32 allows: two different ones never look the same. */
export function figure(text: string): string {
  const value = Number(text)
  if (text.length <= 10 || !Number.isFinite(value) || Number.isInteger(value)) return text
  const short = [7, 8, 9].map((digits) => Number(value.toPrecision(digits)))
  return String(short.find((one) => Math.fround(one) === Math.fround(value)) ?? value)
}

/** A share as per cent; small ones keep a digit, and what is less than all is not made all. */
export function percent(share: number): string {
  const value = 100 * share
  if (value > 99 && value < 100) return "> 99 %"
  if (value > 0 && value < 0.1) return "< 0.1 %"
  return `${value === 0 || value >= 10 ? Math.round(value) : Number(value.toFixed(1))} %`
}

const SPANS = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
] as const

/** A length of time by its two largest parts. */
export function span(seconds: number): string {
  let left = Math.max(0, Math.round(seconds))
  const at = SPANS.findIndex(([size]) => left >= size)
  if (at < 0) return "0 s"
  const parts: string[] = []
  for (const [size, name] of SPANS.slice(at, at + 2)) {
    const whole = Math.floor(left / size)
    left -= whole * size
    if (whole > 0) parts.push(`${whole} ${name}`)
  }
  return parts.join(" ")
}

/** The last second that a date can be, of year 9999: receipts can name later ones. */
const LAST_SECOND = 253_402_300_799

/** A moment as machines write it; undefined where dates end. */
export const isoOf = (seconds: number): string | undefined =>
  seconds > LAST_SECOND ? undefined : new Date(seconds * 1000).toISOString()

/** A moment in UTC, to the minute. */
export const utc = (seconds: number): string => {
  const iso = isoOf(seconds)
  return iso === undefined ? "for ever" : `${iso.slice(0, 16).replace("T", " ")} UTC`
}

/** A day in UTC. */
export const day = (seconds: number): string => isoOf(seconds)?.slice(0, 10) ?? "for ever"
