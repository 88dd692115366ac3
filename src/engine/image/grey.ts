import type { DecodedPng } from "fast-png"
import { malformed } from "./errors.ts"

/** A picture of one channel: 0 is black, 1 is white. */
export interface GreyImage {
  readonly width: number
  readonly height: number
  readonly values: Float32Array
}

type Rgba = [red: number, green: number, blue: number, alpha: number]

/** Reduces any PNG to grey, with what is transparent laid over white. */
export function toGrey(png: DecodedPng): GreyImage {
  const { width, height } = png
  const read = pixelReader(png)
  const values = new Float32Array(width * height)
  for (let at = 0; at < values.length; at++) {
    const [red, green, blue, alpha] = read(at % width, Math.floor(at / width))
    // The luma weights of ITU-R BT.601.
    values[at] = alpha * (0.299 * red + 0.587 * green + 0.114 * blue) + (1 - alpha)
  }
  return { width, height, values }
}

/** A function from column and row to colour, each part from 0 to 1. */
function pixelReader(png: DecodedPng): (x: number, y: number) => Rgba {
  const { width, data, depth, channels, palette, transparency } = png
  const most = 2 ** depth - 1
  const sample =
    depth < 8 ? packedSample(png) : (x: number, y: number, c: number) => data[(y * width + x) * channels + c]

  if (palette !== undefined) {
    return (x, y) => {
      const entry = palette[sample(x, y, 0)]
      if (entry === undefined) throw malformed(`Pixel ${x}, ${y} has a colour outside the palette`)
      return [entry[0] / 255, entry[1] / 255, entry[2] / 255, (entry[3] ?? 255) / 255]
    }
  }
  const colour = channels >= 3
  const hasAlpha = channels === 2 || channels === 4
  return (x, y) => {
    const red = sample(x, y, 0)
    const green = colour ? sample(x, y, 1) : red
    const blue = colour ? sample(x, y, 2) : red
    const hidden =
      transparency !== undefined &&
      (colour
        ? red === transparency[0] && green === transparency[1] && blue === transparency[2]
        : red === transparency[0])
    const alpha = hidden ? 0 : hasAlpha ? sample(x, y, channels - 1) / most : 1
    return [red / most, green / most, blue / most, alpha]
  }
}

/** Reads pictures of 1, 2 or 4 bits per pixel, whose rows start at whole bytes. */
function packedSample({ width, data, depth }: DecodedPng): (x: number, y: number) => number {
  const rowBytes = Math.ceil((width * depth) / 8)
  const perByte = 8 / depth
  return (x, y) => {
    const byte = data[y * rowBytes + Math.floor(x / perByte)]
    return (byte >> (8 - depth * ((x % perByte) + 1))) & (2 ** depth - 1)
  }
}
