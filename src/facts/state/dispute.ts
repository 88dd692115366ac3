import type { CreditRow, RevealRow } from "../entities.ts"
import type { AsOf, DisputeFacts } from "../source.ts"
import { isBefore, unixOf } from "./deadline.ts"

/** Whose move it is in a dispute, until when, and what follows from not making it. */
export interface DisputeTurn {
  readonly who: "provider" | "challenger" | "anyone" | "nobody"
  /** Unix seconds, unless disputes are stopped before; null if no clock runs. */
  readonly by: number | null
  /** The block that has to come as well before the time counts. */
  readonly byBlock: number | null
  /** What is to be done, as a sentence. */
  readonly act: string
  /** What happens if it is not done, as a sentence; empty if nothing is to be done. */
  readonly otherwise: string
}

/** Who must act in a dispute by when, and what happens if nobody does. */
export function disputeTurn(facts: DisputeFacts, asOf: AsOf): DisputeTurn {
  const { dispute } = facts
  if (dispute.state === "convicted") return payoutTurn(facts.credits, asOf)
  if (dispute.state === "dismissed") return over("It led to nothing: the answer stands")
  const [waiting] = facts.reveals
    .filter(({ answeredAt, kind }) => answeredAt === null && kind !== "upload")
    .toSorted((a, b) => a.due - b.due)
  if (waiting) return answerTurn(waiting, asOf)
  if (dispute.kind === "omission") return over("The place was shown: the receipt was anchored")
  if (isBefore(dispute, asOf))
    return {
      who: "challenger",
      by: unixOf(dispute.until, asOf),
      byBlock: dispute.untilBlock,
      act: "Everything asked for was shown: the challenger asks on, or proves the wrong element",
      otherwise: "The answer becomes final, and the bonds of the questions are the provider's",
    }
  return over("The time to convict is over: the answer is final, and anyone can have the bonds settled")
}

/** What has to be shown, by kind of question. */
const SHOW: Readonly<Record<RevealRow["kind"], string>> = {
  node: "show the digests below the node that was asked for",
  chunk: "show the numbers that were asked for",
  anchor: "show where the receipt was anchored",
  upload: "wait for the rest of the proof",
}

const toShow = ({ kind, height }: RevealRow): string =>
  kind === "node" && height === 0 ? "show that the leaf is empty, or whose it is" : SHOW[kind]

function answerTurn(waiting: RevealRow, asOf: AsOf): DisputeTurn {
  const { due, dueBlock } = waiting
  const limit = { by: unixOf(due, asOf), byBlock: dueBlock }
  if (isBefore({ until: due, untilBlock: dueBlock }, asOf))
    return {
      who: "provider",
      ...limit,
      act: `The provider, or anyone who knows, has to ${toShow(waiting)}`,
      otherwise: "Anyone can convict the provider for its silence",
    }
  return {
    who: "anyone",
    ...limit,
    act: "The answer is overdue: anyone can convict the provider for its silence",
    otherwise: "The conviction is possible only until the dispute's time is over",
  }
}

function payoutTurn(credits: readonly CreditRow[], asOf: AsOf): DisputeTurn {
  const waiting = credits.filter(({ state }) => state === "escrow")
  if (waiting.length === 0) return over("The provider is convicted, and everything was paid or given back")
  const maturesAt = Math.min(...waiting.map((credit) => credit.maturesAt))
  if (asOf.clock < maturesAt)
    return {
      who: "nobody",
      by: unixOf(maturesAt, asOf),
      byBlock: null,
      act: "The provider is convicted: the money waits until it can be claimed",
      otherwise: "",
    }
  return {
    who: "anyone",
    by: null,
    byBlock: null,
    act: "The provider is convicted: anyone can have the money paid to whom it belongs",
    otherwise: "It stays where it is; nobody else gets it",
  }
}

const over = (act: string): DisputeTurn => ({ who: "nobody", by: null, byBlock: null, act, otherwise: "" })
