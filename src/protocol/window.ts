import { OnusError } from "./errors.ts"

/** Seconds for which an answer can be challenged, at least and at most. Twin of `Receipts.sol`. */
export const MIN_WINDOW = 10n * 60n
export const MAX_WINDOW = 14n * 24n * 3600n

/** @throws OnusError `WindowOutOfRange`: a receipt with such a window could never be anchored. */
export function requireWindow(seconds: bigint): void {
  if (seconds >= MIN_WINDOW && seconds <= MAX_WINDOW) return
  throw new OnusError(
    "WindowOutOfRange",
    `A window of ${seconds} s cannot be anchored: it must last ${MIN_WINDOW} to ${MAX_WINDOW} s`,
    { hint: "Sign with a window between them: a receipt that is not anchored in time is an omission" },
  )
}
