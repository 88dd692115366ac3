import { id } from "ethers"
import type { RefusalRow } from "../entities.ts"

/** What a consumer's contract was to be told, by the numbers of `ICallbacks.Kind`. */
const TOLD = ["that its answer is disputed", "that its answer was convicted", "that its answer is final"]

const selector = (error: string): string => id(error).slice(0, 10)

/** Why nobody was told, by the error that the event names. */
const WHY: Readonly<Record<string, string>> = {
  [selector("RecipientNotContract(address)")]: "it is no contract",
  [selector("InterfaceUnsupported(address)")]: "it does not say that it wants to be told",
}

/**
 * Why a consumer's contract was not told something.
 *
 * @example
 * refusalInWords({ kind: 1, reason: null }) // "It was not told that its answer was convicted: it failed when it was called"
 */
export function refusalInWords({ kind, reason }: Pick<RefusalRow, "kind" | "reason">): string {
  const what = TOLD[kind] ?? "what became of its answer"
  const why = reason === null ? "it failed when it was called" : (WHY[reason] ?? `for the reason ${reason}`)
  return `It was not told ${what}: ${why}`
}
