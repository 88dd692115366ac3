import type { Score } from "../source.ts"

/** How much a score rests on: the words of {@link scoreInWords}. */
export type Confidence = "none" | "little" | "some" | "much"

/** How much history is behind a score: `none` if nothing was settled yet. */
export function confidenceOf({ isScored, uncertainty }: Pick<Score, "isScored" | "uncertainty">): Confidence {
  if (!isScored) return "none"
  if (uncertainty > 2 / 3) return "little"
  return uncertainty > 1 / 3 ? "some" : "much"
}

const HISTORY: Readonly<Record<Exclude<Confidence, "none">, string>> = {
  little: "little history",
  some: "some history",
  much: "much history",
}

/**
 * A score for people, with what it rests on: a number alone would be taken for more than it is.
 *
 * @example
 * scoreInWords({ isScored: true, score: 0.62, uncertainty: 0.38, lossRatio: 0 }) // "0.62, uncertainty 0.38 (some history)"
 * scoreInWords({ isScored: false, score: 0, uncertainty: 1, lossRatio: 0 }) // "not scored"
 */
export function scoreInWords(score: Score): string {
  const confidence = confidenceOf(score)
  if (confidence === "none") return "not scored"
  const lost = score.lossRatio > 0 ? `, lost ${percent(score.lossRatio)} of what it exposed` : ""
  return `${hundredths(score.score)}, uncertainty ${hundredths(score.uncertainty)} (${HISTORY[confidence]})${lost}`
}

/** Two digits, rounded down: nobody looks better than it is. */
const hundredths = (ratio: number): string => (Math.floor(ratio * 100) / 100).toFixed(2)

/** Rounded up: a loss is never nothing. */
const percent = (ratio: number): string => `${Math.ceil(ratio * 100)} %`
