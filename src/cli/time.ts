import { OnusError } from "../protocol/errors.ts"

const SECONDS = { s: 1n, m: 60n, h: 3600n, d: 86_400n } as const

/** A hundred years: what follows fits every field that holds seconds. */
const LONGEST = 36_500n * SECONDS.d

/** Reads `90s`, `10m`, `6h` or `30d` as seconds. @throws OnusError `DurationInvalid`. */
export function parseDuration(text: string): bigint {
  const match = /^(\d{1,9})([smhd])$/.exec(text)
  const seconds = match && BigInt(match[1]) * SECONDS[match[2] as keyof typeof SECONDS]
  if (seconds !== null && seconds <= LONGEST) return seconds
  throw new OnusError("DurationInvalid", `${JSON.stringify(text)} is not a duration`, {
    hint: "Write a number with s, m, h or d, such as 90s, 10m, 6h or 30d",
  })
}

/**
 * Reads a date (`2027-01-31`, `2027-01-31T12:00Z`) or a time from now (`+30d`) as Unix seconds.
 *
 * @throws OnusError `DateInvalid`.
 */
export function parseDate(text: string, now: bigint): bigint {
  if (text.startsWith("+")) return now + parseDuration(text.slice(1))
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN
  if (time >= 0) return BigInt(Math.floor(time / 1000))
  throw new OnusError("DateInvalid", `${JSON.stringify(text)} is not a date`, {
    hint: "Write a date such as 2027-01-31, or a time from now such as +30d",
  })
}

/** Unix seconds for people. */
export function showTime(seconds: bigint): string {
  if (seconds > 8_640_000_000_000n) return "for ever"
  return new Date(Number(seconds) * 1000).toISOString().replace(".000", "")
}
