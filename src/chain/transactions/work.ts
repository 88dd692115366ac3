import type { Block } from "../heads.ts"
import type { Fees } from "./fees.ts"
import type { Intent } from "./transactions.ts"

/** A signed transaction. It is on the disk before anybody else sees it. */
export interface Attempt {
  readonly hash: string
  /** The signed bytes, 0x-prefixed. */
  readonly raw: string
  /** True if it does nothing but use up the nonce. */
  readonly cancels: boolean
  readonly gas: bigint
  readonly fees: Fees
  /** Height of the chain when it was signed. */
  readonly block: number
}

/** Where a transaction was seen. Until its block is final, it may be gone again. */
export interface Inclusion {
  readonly hash: string
  readonly block: number
  readonly blockHash: string
  readonly succeeded: boolean
  readonly cancels: boolean
}

/** A nonce that belongs to an intent, and the transactions that compete for it: at most one of them is ever in a block. */
export interface Slot {
  readonly account: string
  readonly nonce: number
  /** Oldest first, and cheapest. */
  readonly attempts: Attempt[]
  included: Inclusion | undefined
  /** Block at which somebody else's transaction was seen to have used the nonce. */
  taken: Block | undefined
  /** Height at which a node took the last attempt; -1 if that is not known. */
  sentAt: number
  /** A node has something for the nonce that offers about as much. */
  outbid: boolean
}

/** Why something that could be sent is not. */
export type Waiting = "gas" | "funds" | "retry" | "nonce"

/** An intent that is on its way. */
export interface Work {
  intent: Intent
  /** Orders intents by age. */
  readonly born: number
  /** Unix seconds of the chain when it was submitted; unknown until a block was seen. */
  since: number | undefined
  /**
   * It may have happened already: somebody else used its nonce, or the program was started anew, perhaps with an older copy of what
   * it had on the disk.
   */
  again: boolean
  /** Why it is being cancelled, if it is. */
  refusal: Refusal | undefined
  slot: Slot | undefined
  waiting: Waiting | undefined
  /** Blocks in which its simulation failed, the last of them, and the next to try in. */
  failures: number
  failedAt: number
  notBefore: number
}

/** What a contract says against a call. */
export interface Refusal {
  readonly code: string
  readonly reason: string
}

export function newWork(intent: Intent, born: number, since: number | undefined): Work {
  return {
    intent,
    born,
    since,
    again: false,
    refusal: undefined,
    slot: undefined,
    waiting: undefined,
    failures: 0,
    failedAt: -1,
    notBefore: 0,
  }
}

export const newSlot = (account: string, nonce: number): Slot => ({
  account,
  nonce,
  attempts: [],
  included: undefined,
  taken: undefined,
  sentAt: -1,
  outbid: false,
})

/** What is signed and in no block, so far as is known; lowest nonce first. */
export function inFlight(works: Iterable<Work>, account: string): (Work & { slot: Slot })[] {
  return [...works]
    .filter((work): work is Work & { slot: Slot } => work.slot?.account === account && !work.slot.included)
    .sort((a, b) => a.slot.nonce - b.slot.nonce)
}

/** Nonces that belong to an intent until the chain has used them up for good. */
export const heldNonces = (works: Iterable<Work>, account: string): Set<number> =>
  new Set([...works].flatMap(({ slot }) => (slot?.account === account ? [slot.nonce] : [])))

/** The attempt of a nonce that pays most. */
export const lastOf = (slot: Slot): Attempt => slot.attempts.at(-1)

/** The most that an attempt can cost, in wei. */
export const costOf = ({ gas, fees }: Pick<Attempt, "gas" | "fees">, value: bigint): bigint =>
  gas * fees.most + value

/** By priority, then deadline, then age. */
export function byUrgency(a: Work, b: Work): number {
  const deadline = ({ intent }: Work): number => intent.deadline ?? Number.MAX_SAFE_INTEGER
  return a.intent.priority - b.intent.priority || deadline(a) - deadline(b) || a.born - b.born
}

/** An intent under another urgency: the higher of both priorities, the earlier of both deadlines. */
export function hurried(intent: Intent, { priority, deadline }: Intent): Intent {
  const deadlines = [intent.deadline, deadline].filter((time) => time !== undefined)
  return {
    ...intent,
    priority: priority < intent.priority ? priority : intent.priority,
    ...(deadlines.length > 0 ? { deadline: Math.min(...deadlines) } : {}),
  }
}
