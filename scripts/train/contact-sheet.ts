import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { encode } from "fast-png"
import { drawDigit, SEEN_FONTS, SIDE, UNSEEN_FONTS } from "./digits.ts"
import type { Font } from "./fonts/font.ts"
import { createRandom } from "./random.ts"

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "contact-sheet.png" },
    seed: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
})

if (values.help) {
  console.log("Draws three digits of every shape in every font into one picture: [--out FILE] [--seed N]")
  process.exit()
}

const FONTS = [...SEEN_FONTS, ...UNSEEN_FONTS]
const PER_SHAPE = 3
const width = 10 * PER_SHAPE * SIDE
const height = FONTS.length * SIDE
const sheet = new Uint8Array(width * height)
const random = createRandom(Number(values.seed), "contact sheet")

FONTS.forEach((font, row) => {
  for (let column = 0; column < 10 * PER_SHAPE; column++) {
    const { pixels } = drawDigit(random, [only(font, Math.floor(column / PER_SHAPE))])
    for (let at = 0; at < pixels.length; at++) {
      const [x, y] = [column * SIDE + (at % SIDE), row * SIDE + Math.floor(at / SIDE)]
      sheet[y * width + x] = Math.round(255 * pixels[at])
    }
  }
})
writeFileSync(values.out, encode({ width, height, data: sheet, channels: 1, depth: 8 }))
console.log(`${values.out}: one row per font (${FONTS.map((font) => font.name).join(", ")})`)

/** The font with one digit in every place. */
function only(font: Font, digit: number): Font {
  return { name: font.name, glyphs: font.glyphs.map(() => font.glyphs[digit]) }
}
