import { empty } from "./errors.ts"
import { toGrey, type GreyImage } from "./grey.ts"
import { findInk } from "./ink.ts"
import { decodePng } from "./png-file.ts"

/** Side in pixels of what the digit model reads. */
const SIDE = 28
/** Length in pixels of the digit's longer side in it. */
const BOX = 20
/** Ink that belongs to the digit, as a share of the strongest. */
const STROKE = 0.25

/**
 * Turns a picture of one digit into the input of the digit model: 28 rows of 28 values from 0 (paper) to
 * 1 (ink), the digit 20 pixels long and centred.
 *
 * The picture may have any size and colours, ink darker or lighter than the paper; what is transparent
 * counts as white. The digit must be alone and the paper even.
 *
 * @throws {OnusError} ImageMalformed, ImageEmpty, ImageTooLarge, ImageUnsupported.
 *
 * @example
 * const image = digitFromPng(await readFile("models/samples/seven.png"))
 */
export function digitFromPng(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const ink = findInk(toGrey(decodePng(bytes)))
  const box = boundsOf(ink)
  const step = Math.max(box.right - box.left, box.bottom - box.top) / BOX
  const left = (box.left + box.right) / 2 - (SIDE / 2) * step
  const top = (box.top + box.bottom) / 2 - (SIDE / 2) * step

  const pixels = new Float32Array(SIDE * SIDE)
  for (let at = 0; at < pixels.length; at++) {
    pixels[at] = average(ink, left + (at % SIDE) * step, top + Math.floor(at / SIDE) * step, step)
  }
  // A thin line in a large picture becomes faint when reduced.
  const strongest = pixels.reduce((most, value) => Math.max(most, value), 0)
  return pixels.map((value) => value / strongest)
}

interface Bounds {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** The smallest box around all strokes, right and bottom exclusive. */
function boundsOf(ink: GreyImage): Bounds {
  let [left, right, top, bottom] = [Infinity, 0, Infinity, 0]
  ink.values.forEach((_, at) => {
    const [x, y] = [at % ink.width, Math.floor(at / ink.width)]
    if (!isStroke(ink, x, y)) return
    left = Math.min(left, x)
    right = Math.max(right, x + 1)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y + 1)
  })
  if (right === 0) throw empty("Nothing in the picture is larger than a single dot")
  return { left, right, top, bottom }
}

/** Whether a pixel is inked together with one of its eight neighbours: a lone one is dirt. */
function isStroke({ width, height, values }: GreyImage, x: number, y: number): boolean {
  if (values[y * width + x] < STROKE) return false
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
      if ((row !== y || column !== x) && values[row * width + column] >= STROKE) return true
    }
  }
  return false
}

/** The mean over a square of the picture, from a grid of points at most half a pixel apart. */
function average(image: GreyImage, left: number, top: number, side: number): number {
  const points = Math.max(1, Math.ceil(2 * side))
  let sum = 0
  for (let row = 0; row < points; row++) {
    for (let column = 0; column < points; column++) {
      const x = left + ((column + 0.5) / points) * side
      sum += interpolate(image, x, top + ((row + 0.5) / points) * side)
    }
  }
  return sum / points ** 2
}

/** The value at a point between the centres of four pixels; nothing is drawn outside the picture. */
function interpolate({ width, height, values }: GreyImage, x: number, y: number): number {
  const [column, row] = [Math.floor(x - 0.5), Math.floor(y - 0.5)]
  const [dx, dy] = [x - 0.5 - column, y - 0.5 - row]
  const at = (c: number, r: number) =>
    c >= 0 && c < width && r >= 0 && r < height ? values[r * width + c] : 0
  const upper = (1 - dx) * at(column, row) + dx * at(column + 1, row)
  const lower = (1 - dx) * at(column, row + 1) + dx * at(column + 1, row + 1)
  return (1 - dy) * upper + dy * lower
}
