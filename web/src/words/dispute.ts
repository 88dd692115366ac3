import type { DisputeRow, RevealRow } from "../../../src/facts/entities.ts"
import type { DisputeTurn } from "../../../src/facts/state/dispute.ts"
import type { Tone } from "../components/parts.tsx"

/** Who gives up has shown nothing: that a dispute ended does not say that the answer is right. */
export const DISPUTE_TONE: Readonly<Record<DisputeRow["state"], Tone>> = {
  open: "wait",
  convicted: "bad",
  dismissed: "unknown",
}

/** What a dispute is about, in a word or two. */
export const FAULT_NAMES: Readonly<Record<DisputeRow["kind"], string>> = {
  execution: "wrong execution",
  omission: "omission",
  equivocation: "equivocation",
}

/** The same as a question. */
export const QUESTIONS: Readonly<Record<DisputeRow["kind"], string>> = {
  execution: "Was this answer computed as the model says?",
  omission: "Was this answer anchored as promised?",
  equivocation: "Were two answers given to one request?",
}

/** Whose turn it is, in a few words. */
export function turnName({ state }: DisputeRow, { who }: DisputeTurn): string {
  if (state === "convicted") return "Convicted"
  if (state === "dismissed") return "Ended without a conviction"
  return TURNS[who]
}

const TURNS: Readonly<Record<DisputeTurn["who"], string>> = {
  provider: "The provider's turn",
  challenger: "The challenger's turn",
  anyone: "Anybody's turn",
  nobody: "Nothing is left to do",
}

/** What was asked for, by kind of question. */
export const ASKED: Readonly<Record<RevealRow["kind"], string>> = {
  node: "what is below a node of the trace",
  chunk: "a chunk of numbers",
  anchor: "where it is anchored",
  upload: "a part of a proof",
}
