import type { Question } from "../../engine/audit/game/question.ts"

/** Something on-chain that a provider must answer in time, or is convicted for. */
export interface Challenge {
  /** Names it: the kind, the receipt and, of a demand, the question. */
  readonly id: string
  readonly kind: "demand" | "omission"
  readonly receiptId: string
  /** What a demand asks for. */
  readonly question?: Question
  readonly questionId?: string
  /** Seconds on the registry's clock until which the answer counts ... */
  readonly due: number
  /** ... and the block until which it does in any case. */
  readonly dueBlock: number
  /** Wei that the challenger has left. */
  readonly bond: bigint
  /** Token units that are at stake. */
  readonly coverage: bigint
  /** The block that it was made in. */
  readonly block: number
}

/**
 * What has become of a challenge: `open` until its answer is on its way for good, `sent` until that is in a final block; then
 * `answered`, until the bond is paid out, and `closed`. `lost` if it could not be answered.
 */
export type ChallengeState = "open" | "sent" | "answered" | "closed" | "lost"

/** The name of a challenge. */
export const challengeId = (kind: Challenge["kind"], receiptId: string, questionId = ""): string =>
  [kind, receiptId, questionId].filter(Boolean).join(":").toLowerCase()
