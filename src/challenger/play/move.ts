import type { Call } from "../../sdk/calls.ts"

/** What a move is for; the kind of its intent, too. */
export type MoveKind =
  "commit" | "demand" | "precede" | "advance" | "convict" | "omission" | "reward" | "restitution" | "settle"

/** What is to be left as a bond, for which question; the empty one of a claim of omission. */
export interface BondDue {
  readonly questionId: string
  /** Wei. */
  readonly amount: bigint
}

/** Something that a case wants to have happen on-chain, once. */
export interface Move {
  readonly kind: MoveKind
  /** Names the effect, so that it happens once however often it is asked for. */
  readonly key: string
  /** What it does, for people. */
  readonly why: string
  /** Unix seconds of the chain until which it makes sense; without one it can wait for cheap gas. */
  readonly deadline?: number
  /** The bond that it leaves. */
  readonly bond?: BondDue
  /** The bond of the move that this one prepares: without money for that one, this one is in vain. */
  readonly prepares?: BondDue
  readonly call: () => Promise<Call>
}

/** How a case ends. */
export interface Ending {
  readonly state: "paid" | "lost" | "dropped"
  readonly reason: string
}

/** Why nothing can be done, so far. */
export interface Waiting {
  readonly kind: "wait"
  readonly reason: string
}

/** Nothing more is to be done for the accusation itself: what was left or won is still to be had. */
export interface Over {
  readonly kind: "over"
  readonly state: "lost" | "dropped" | "won"
  readonly reason: string
  /** Whether the contract has said otherwise than this machine has computed. */
  readonly isContradiction: boolean
}

export const wait = (reason: string): Waiting => ({ kind: "wait", reason })
export const over = (state: Over["state"], reason: string, isContradiction = false): Over => {
  return { kind: "over", state, reason, isContradiction }
}
