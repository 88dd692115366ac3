import { OnusError } from "../../protocol/errors.ts"
import type { Position } from "../reader.ts"
import type { PageWish } from "../source.ts"

const LIMIT = 50
const MOST = 1000

/** An address in lower case. @throws OnusError `AddressInvalid`. */
export function requireAddress(value: string): string {
  if (/^0x[0-9a-f]{40}$/i.test(value)) return value.toLowerCase()
  throw new OnusError("AddressInvalid", `${quote(value)} is not an address`, {
    hint: "Give 0x and 40 hexadecimal digits",
  })
}

/** A hash in lower case. @throws OnusError `HashInvalid`. */
export function requireHash(value: string): string {
  if (/^0x[0-9a-f]{64}$/i.test(value)) return value.toLowerCase()
  throw new OnusError("HashInvalid", `${quote(value)} is not a hash`, {
    hint: "Give 0x and 64 hexadecimal digits: the id of a receipt, a batch or a model",
  })
}

/** @throws OnusError `LimitInvalid`. */
export function limitOf({ limit = LIMIT }: PageWish): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit
  throw new OnusError("LimitInvalid", `A page cannot have ${limit} items`, { hint: `Ask for 1 to ${MOST}` })
}

/** A whole number of days. @throws OnusError `DaysInvalid`. */
export function requireDays(days: number): number {
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return days
  throw new OnusError("DaysInvalid", `A history cannot have ${days} days`, { hint: "Ask for 1 to 3650" })
}

/** One of several words. @throws OnusError `ChoiceInvalid`. */
export function requireOneOf<T extends string>(value: T, choices: readonly T[]): T {
  if (choices.includes(value)) return value
  throw new OnusError("ChoiceInvalid", `${quote(value)} cannot be chosen`, {
    hint: `Choose ${choices.join(", ")}`,
  })
}

/** Where a page ends, as text that means nothing to who asked for it. */
export const cursorOf = ({ at, id }: Position): string => `${at}~${id}`

/** @throws OnusError `CursorInvalid`. */
export function positionAfter({ cursor }: PageWish): Position | undefined {
  if (cursor === undefined) return undefined
  const [, at, id] = /^(\d{1,15})~([0-9a-zA-Z/-]{0,200})$/.exec(cursor) ?? []
  if (at !== undefined) return { at: Number(at), id }
  throw new OnusError("CursorInvalid", `${quote(cursor)} is not a place in a list`, {
    hint: "Give the cursor of the page before, or none",
  })
}

const quote = (value: unknown): string => JSON.stringify(String(value).slice(0, 80))
