import { empty } from "./errors.ts"
import type { GreyImage } from "./grey.ts"

/** Larger pictures are reduced to this many pixels a side first, which averages noise away. */
const REDUCED_SIDE = 256
/** The least difference from the background, of 1 from black to white, that counts as drawn. */
const FAINTEST = 0.08
/** Ink below this share of the strongest is the background's own unevenness. */
const FLOOR = 0.15

/** Tells what is drawn from what it is drawn on: 0 for background, 1 for the strongest ink. */
export function findInk(image: GreyImage): GreyImage {
  const paper = median(borderOf(image))
  const reduced = reduce(image, REDUCED_SIDE)
  const ink = reduced.values.map((value) => Math.max(0, paper > 0.5 ? paper - value : value - paper))
  const strongest = ink.reduce((most, value) => Math.max(most, value), 0)
  if (strongest < FAINTEST) throw empty("Nothing in the picture stands out from its background")
  const values = ink.map((value) => Math.max(0, (value / strongest - FLOOR) / (1 - FLOOR)))
  return { ...reduced, values }
}

function borderOf({ width, height, values }: GreyImage): number[] {
  const border: number[] = []
  for (let x = 0; x < width; x++) border.push(values[x], values[(height - 1) * width + x])
  for (let y = 0; y < height; y++) border.push(values[y * width], values[(y + 1) * width - 1])
  return border
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}

/** Averages blocks of pixels so that no side is longer than `side`. Smaller pictures stay as they are. */
function reduce(image: GreyImage, side: number): GreyImage {
  const factor = Math.ceil(Math.max(image.width, image.height) / side)
  if (factor === 1) return image
  const [width, height] = [Math.ceil(image.width / factor), Math.ceil(image.height / factor)]
  const sums = new Float32Array(width * height)
  const counts = new Uint32Array(width * height)
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const at = Math.floor(y / factor) * width + Math.floor(x / factor)
      sums[at] += image.values[y * image.width + x]
      counts[at]++
    }
  }
  return { width, height, values: sums.map((sum, at) => sum / counts[at]) }
}
