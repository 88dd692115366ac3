import { drawDigit, SEEN_FONTS, UNSEEN_FONTS, type Digit } from "./digits.ts"
import type { Network } from "./network.ts"
import { createRandom } from "./random.ts"

/** Test pictures that training never draws. */
export interface HeldOut {
  /** Fonts of the training, other seeds. */
  readonly seenFonts: readonly Digit[]
  /** Fonts that training does not have. */
  readonly unseenFonts: readonly Digit[]
}

/** Draws both held-out sets. The labels keep their sequences apart from the training's. */
export function drawHeldOut(seed: number, count: number): HeldOut {
  const draw = (label: string, fonts: typeof SEEN_FONTS) => {
    const random = createRandom(seed, label)
    return Array.from({ length: count }, () => drawDigit(random, fonts))
  }
  return {
    seenFonts: draw("held-out, seen fonts", SEEN_FONTS),
    unseenFonts: draw("held-out, unseen fonts", UNSEEN_FONTS),
  }
}

/** The share of digits that the network reads right. */
export function accuracyOf(network: Network, digits: readonly Digit[]): number {
  const right = digits.filter(({ pixels, label }) => likeliest(network.read(pixels)) === label)
  return right.length / digits.length
}

/** The position of the largest probability. */
export function likeliest(probabilities: ArrayLike<number>): number {
  let best = 0
  for (let at = 1; at < probabilities.length; at++) if (probabilities[at] > probabilities[best]) best = at
  return best
}
