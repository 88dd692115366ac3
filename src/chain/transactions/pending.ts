import type { Slot, Waiting, Work } from "./work.ts"
import { Priority } from "./transactions.ts"

/** Where an intent is that is on its way. */
export type Stage =
  "queued" | "waitingForGas" | "waitingForFunds" | "waitingForNonce" | "retrying" | "sent" | "included"

/** An intent that is on its way, for metrics and for people. */
export interface Pending {
  readonly key: string
  readonly kind: string
  readonly priority: Priority
  readonly stage: Stage
  /** It will have no effect: its nonce is being used up, or was never needed. */
  readonly isCancelled: boolean
  /** It is signed, and no node says that it has it: or its nonce is used up, and nobody says by what. */
  readonly isUnknown: boolean
  readonly nonce?: number
  /** The transaction that pays most. */
  readonly hash?: string
  /** Wei per gas that it offers. */
  readonly fee?: bigint
  /** Transactions that were signed for it. */
  readonly attempts: number
  /** Blocks in which its simulation failed. */
  readonly failures: number
  /** Unix seconds of the chain. */
  readonly since?: number
  readonly deadline?: number
}

const STAGES: Readonly<Record<Waiting, Stage>> = {
  gas: "waitingForGas",
  funds: "waitingForFunds",
  nonce: "waitingForNonce",
  retry: "retrying",
}

export function toPending({ intent, slot, waiting, refusal, failures, since }: Work): Pending {
  const { key, kind, priority, deadline } = intent
  const last = slot?.attempts.at(-1)
  return {
    key,
    kind,
    priority,
    stage: stageOf(slot, waiting),
    isCancelled: refusal !== undefined,
    isUnknown: slot !== undefined && isUnknown(slot),
    attempts: slot?.attempts.length ?? 0,
    failures,
    ...(slot ? { nonce: slot.nonce } : {}),
    ...(last ? { hash: last.hash, fee: last.fees.most } : {}),
    ...(since === undefined ? {} : { since }),
    ...(deadline === undefined ? {} : { deadline }),
  }
}

const isUnknown = ({ included, taken, attempts, sentAt }: Slot): boolean =>
  !included && (taken !== undefined || (attempts.length > 0 && sentAt === -1))

function stageOf(slot: Slot | undefined, waiting: Waiting | undefined): Stage {
  if (slot?.included) return "included"
  if (waiting) return STAGES[waiting]
  return slot ? "sent" : "queued"
}

/**
 * Whether a program that ends should still wait for it: until it is in a block, if it was sent or answers a challenge. What waits
 * for cheap gas or for time waits as well on the disk.
 */
export function holdsUp({ priority, stage }: Pending): boolean {
  if (stage === "included") return false
  return (
    priority === Priority.Defence || stage === "sent" || (stage === "queued" && priority === Priority.Anchor)
  )
}
