import { isCallException } from "ethers"

/**
 * What a node's error hints at. None of them says what became of a transaction: `known` and `nonce too low` may be about the very
 * transaction that is being sent. Only the chain says what happened.
 */
export type NodeError = "known" | "nonce-too-low" | "underpriced" | "too-cheap" | "funds" | "revert" | "other"

/** In this order: "replacement transaction underpriced" is not "transaction underpriced". */
const HINTS: readonly (readonly [NodeError, RegExp])[] = [
  ["known", /already known|known transaction|already imported|already exists|ALREADY_EXISTS/i],
  ["nonce-too-low", /nonce too low|nonce (?:has )?already been used|NONCE_EXPIRED|OldNonce|invalid nonce/i],
  ["underpriced", /replacement|REPLACEMENT_UNDERPRICED|could not replace|gas price too low to replace/i],
  ["funds", /insufficient (?:funds|balance)|doesn't have enough funds|INSUFFICIENT_FUNDS/i],
  [
    "revert",
    /execution reverted|gas required exceeds|out of gas|always failing|invalid opcode|stack (?:over|under)flow/i,
  ],
  ["too-cheap", /underpriced|fee\b[^.]{0,20}(?:too low|less than|below)|tip\b[^.]{0,20}below/i],
]

/** Classifies an error of a node, whatever library or node made it. */
export function classify(error: unknown): NodeError {
  if (isCallException(error)) return "revert"
  const text = textOf(error)
  return HINTS.find(([, pattern]) => pattern.test(text))?.[0] ?? "other"
}

/** Everything that an error and those inside of it say, cut where it is absurdly long. */
function textOf(error: unknown, depth = 0): string {
  if (typeof error === "string") return error.slice(0, 2_000)
  if (typeof error !== "object" || error === null || depth > 4) return ""
  const { code, message, info, error: inner, cause } = error as Record<string, unknown>
  const own = [code, message].filter((text) => typeof text === "string").map((text) => text.slice(0, 2_000))
  return [...own, ...[info, inner, cause].map((next) => textOf(next, depth + 1))].join(" ")
}
