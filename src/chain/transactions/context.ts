import type { JsonRpcApiProvider } from "ethers"
import type { Alerts } from "../../service/alerts.ts"
import type { Key } from "../../service/key.ts"
import type { Log } from "../../service/log.ts"
import type { Market } from "./fees.ts"
import type { Ledger } from "./ledger.ts"
import { type NodeError, classify } from "./node-errors.ts"
import type { Nonces } from "./nonces.ts"
import type { Policy } from "./policy.ts"
import type { Intent, Outcome } from "./transactions.ts"
import type { Work } from "./work.ts"

/** Whether what an intent is for is on the chain already, whoever did it. */
export type DoneCheck = (intent: Intent) => Promise<boolean>

/** What all parts of the transaction manager share. */
export interface Context {
  readonly chain: JsonRpcApiProvider
  readonly chainId: bigint
  readonly key: Key
  /** Address of the key, in lower case. */
  readonly account: string
  readonly policy: Policy
  readonly ledger: Ledger
  readonly log: Log
  readonly alerts: Alerts
  /** What is not finished, by key. */
  readonly works: Map<string, Work>
  nonces: Nonces
  /** The lowest nonce that nobody uses, before others that are in flight, and the height at which that was first seen. */
  gap: { readonly nonce: number; readonly since: number } | undefined
  /** By kind of intent. */
  readonly doneChecks: Map<string, DoneCheck>
  /** How often something happened. */
  readonly counts: Map<Counted, number>
  /** What gas costs, as last read. */
  market: Market | undefined
  /** Wei of the account, as last read. */
  balance: bigint | undefined
  /** Writes what became of an intent, and tells. */
  finish(work: Work, outcome: Outcome): Promise<void>
}

/**
 * What is counted, for metrics: replacements that pay more, calls that would have been refused, nonces that somebody else used,
 * transactions that left their block, and errors by what a node hinted at.
 */
export type Counted = "raised" | "refusal" | "foreign" | "reorganised" | NodeError

export function count({ counts }: Pick<Context, "counts">, what: Counted): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}

/**
 * Does something that a node or a signer may fail at: that is counted and will be tried again with a later head. A failure of the
 * database passes through.
 *
 * @returns undefined after a failure.
 */
export async function tolerate<T>(
  context: Context,
  what: string,
  action: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await action()
  } catch (error) {
    if (context.ledger.isStale) throw error
    const kind = classify(error)
    count(context, kind)
    context.log.warn({ kind, error: describe(error) }, what)
    return undefined
  }
}

/** The first words of an error: nodes answer with whole pages. */
export function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.length > 300 ? `${text.slice(0, 300)}...` : text
}
