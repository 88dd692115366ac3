import { mkdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import { parseArgs } from "node:util"
import { encode } from "fast-png"
import { SEEN_FONTS, UNSEEN_FONTS } from "./digits.ts"
import { inkPolylines } from "./pen.ts"
import { createRandom, type Random } from "./random.ts"
import { tracePolyline, type Polyline } from "./stroke.ts"

type Colour = readonly number[]

/** One picture as a user might bring it. */
interface Sample {
  /** The digit, then what it looks like. */
  readonly file: string
  readonly font: string
  readonly width: number
  readonly height: number
  /** Length of the digit in pixels, and where its upper left corner lies. */
  readonly length: number
  readonly at: readonly [x: number, y: number]
  readonly lineWidth: number
  /** Red, green, blue and possibly opacity; a single number is grey. */
  readonly ink: Colour
  readonly paper: Colour
  /** Standard deviation of the noise in steps of 255. */
  readonly noise: number
}

const SAMPLES: readonly Sample[] = [
  {
    file: "3-marker.png",
    font: "looped",
    width: 320,
    height: 240,
    length: 140,
    at: [166, 48],
    lineWidth: 13,
    ink: [24, 52, 140],
    paper: [247, 243, 232],
    noise: 1.5,
  },
  {
    file: "7-chalk.png",
    font: "ledger",
    width: 150,
    height: 200,
    length: 120,
    at: [34, 42],
    lineWidth: 9,
    ink: [226, 230, 220],
    paper: [30, 62, 48],
    noise: 14,
  },
  {
    file: "4-small.png",
    font: "grotesque",
    width: 22,
    height: 30,
    length: 22,
    at: [4, 4],
    lineWidth: 2.4,
    ink: [20, 20, 20, 255],
    paper: [0, 0, 0, 0],
    noise: 0,
  },
]

const { values } = parseArgs({
  options: { out: { type: "string", default: "models/samples" }, help: { type: "boolean", default: false } },
})

if (values.help) console.log("Draws the sample pictures that the project ships: [--out DIRECTORY]")
else drawSamples(values.out)

function drawSamples(directory: string): void {
  mkdirSync(directory, { recursive: true })
  for (const sample of SAMPLES) {
    writeFileSync(path.join(directory, sample.file), drawSample(sample, createRandom(1, sample.file)))
  }
}

function drawSample(sample: Sample, random: Random): Uint8Array {
  const { width, height, ink, paper } = sample
  const size = Math.max(width, height)
  const picture = inkPolylines(
    place(sample, random),
    { width: sample.lineWidth, contrast: 0, angle: 0 },
    size,
  )
  const channels = ink.length
  const data = new Uint8Array(width * height * channels)
  for (let at = 0; at < width * height; at++) {
    const share = picture[Math.floor(at / width) * size + (at % width)]
    const noise = random.normal(sample.noise)
    for (let channel = 0; channel < channels; channel++) {
      const value = paper[channel] + share * (ink[channel] - paper[channel]) + noise
      data[at * channels + channel] = Math.min(255, Math.max(0, Math.round(value)))
    }
  }
  return encode({ width, height, data, channels, depth: 8 })
}

/** The glyph's lines in the picture's pixels. Glyphs are 100 units high. */
function place(sample: Sample, random: Random): Polyline[] {
  const font = [...SEEN_FONTS, ...UNSEEN_FONTS].find(({ name }) => name === sample.font)!
  const scale = sample.length / 100
  return font.glyphs[Number(sample.file[0])].map((stroke) =>
    tracePolyline(stroke, random, 1).map(([x, y]) => [sample.at[0] + x * scale, sample.at[1] + y * scale]),
  )
}
