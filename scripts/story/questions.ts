import { readFileSync } from "node:fs"
import { id } from "ethers"
import { digitFromPng } from "../../src/engine/image/digit-image.ts"
import { SEEN_FONTS, SIDE, UNSEEN_FONTS, drawDigit } from "../train/digits.ts"
import { createRandom } from "../train/random.ts"

/** One request of the consumer. */
export interface Question {
  readonly requestId: string
  readonly from: string
  readonly pixels: Float32Array
  /** What was drawn; unknown for a picture of the user's own. */
  readonly label?: number
}

export { SIDE }

/** Four digits drawn for the occasion in hands that training saw and did not see, and the user's picture. */
export function askQuestions(image?: string): Question[] {
  const random = createRandom(2_029, "story")
  const drawn = [SEEN_FONTS, UNSEEN_FONTS, SEEN_FONTS, UNSEEN_FONTS].map((fonts, at): Question => {
    const { label, font, pixels } = drawDigit(random, fonts)
    return { requestId: id(`story request ${at}`), from: `a ${label} in the hand "${font}"`, pixels, label }
  })
  if (image === undefined) return drawn
  const pixels = digitFromPng(readFileSync(image))
  return [...drawn, { requestId: id(`story picture ${image}`), from: `the picture ${image}`, pixels }]
}

/** The most probable class. */
export function digitOf(probabilities: Float32Array): number {
  return probabilities.indexOf(Math.max(...probabilities))
}
