import { distort } from "./distort.ts"
import { PRINTED } from "./fonts/printed.ts"
import { UNSEEN } from "./fonts/unseen.ts"
import { WRITTEN } from "./fonts/written.ts"
import type { Font } from "./fonts/font.ts"
import { inkPolylines } from "./pen.ts"
import { photograph } from "./photograph.ts"
import type { Random } from "./random.ts"
import { tracePolyline } from "./stroke.ts"

/** Side of a picture in pixels. */
export const SIDE = 28

/** Fonts that training draws from. */
export const SEEN_FONTS: readonly Font[] = [...PRINTED, ...WRITTEN]

/** Fonts that are only ever tested on. */
export const UNSEEN_FONTS: readonly Font[] = UNSEEN

/** A picture of a digit, white ink on black paper. */
export interface Digit {
  readonly label: number
  readonly font: string
  /** `SIDE` rows of `SIDE` values from 0 to 1. */
  readonly pixels: Float32Array
}

/** How far control points stray from the font, in units of a glyph 100 high. */
const HAND_JITTER = 2.5

/** Draws a random digit in one of the fonts, never twice alike. */
export function drawDigit(random: Random, fonts: readonly Font[]): Digit {
  const label = random.below(10)
  const font = random.pick(fonts)
  const strokes = font.glyphs[label].map((stroke) => tracePolyline(stroke, random, HAND_JITTER))
  const pen = {
    width: random.chance(0.15) ? random.between(3.6, 5) : random.between(1.2, 3.6),
    contrast: random.chance(0.4) ? random.between(0, 0.5) : 0,
    angle: random.between(0, Math.PI),
  }
  const ink = inkPolylines(distort(strokes, random, SIDE), pen, SIDE)
  return { label, font: font.name, pixels: photograph(ink, random, SIDE) }
}
