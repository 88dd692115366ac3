import type { DecodedPng } from "fast-png"
import { malformed } from "./errors.ts"

/** A picture of one channel: 0 is black, 1 is white. */
export interface GreyImage {
  readonly width: number
  readonly height: number
  readonly values: Float32Array
}

/** The luma weights of ITU-R BT.601. */
const luma = (red: number, green: number, blue: number) => 0.299 * red + 0.587 * green + 0.114 * blue

/** Reduces any PNG to grey, with what is transparent laid over white. */
export function toGrey(png: DecodedPng): GreyImage {
  const { width, height } = png
  const values = new Float32Array(width * height)
  const read = png.palette === undefined ? colourReader(png) : paletteReader(png, png.palette)
  for (let y = 0, at = 0; y < height; y++) for (let x = 0; x < width; x++, at++) values[at] = read(x, y)
  return { width, height, values }
}

type Reader = (x: number, y: number) => number

function paletteReader(png: DecodedPng, palette: readonly (readonly number[])[]): Reader {
  const sample = png.depth < 8 ? packedSample(png) : (x: number, y: number) => png.data[y * png.width + x]
  const greys = palette.map(([red, green, blue, alpha = 255]) => {
    return 1 + (alpha / 255) * (luma(red, green, blue) / 255 - 1)
  })
  return (x, y) => {
    const index = sample(x, y)
    if (index >= greys.length) throw malformed(`Pixel ${x}, ${y} has a colour outside the palette`)
    return greys[index]
  }
}

function colourReader(png: DecodedPng): Reader {
  const { width, data, depth, channels } = png
  const most = 2 ** depth - 1
  if (depth < 8) return greyOver(packedSample(png), most, png.transparency)
  switch (channels) {
    case 1:
      return greyOver((x, y) => data[y * width + x], most, png.transparency)
    case 2:
      return (x, y) => {
        const at = 2 * (y * width + x)
        return 1 + (data[at + 1] / most) * (data[at] / most - 1)
      }
    case 3:
      return rgbReader(png, most)
    default:
      return (x, y) => {
        const at = 4 * (y * width + x)
        const grey = luma(data[at], data[at + 1], data[at + 2]) / most
        return 1 + (data[at + 3] / most) * (grey - 1)
      }
  }
}

/** Pictures without opacity may declare one value as transparent. */
function greyOver(sample: Reader, most: number, clear?: Uint16Array): Reader {
  return (x, y) => {
    const value = sample(x, y)
    return value === clear?.[0] ? 1 : value / most
  }
}

function rgbReader({ width, data, transparency: clear }: DecodedPng, most: number): Reader {
  return (x, y) => {
    const at = 3 * (y * width + x)
    const [red, green, blue] = [data[at], data[at + 1], data[at + 2]]
    if (red === clear?.[0] && green === clear[1] && blue === clear[2]) return 1
    return luma(red, green, blue) / most
  }
}

/** Reads pictures of 1, 2 or 4 bits per pixel, whose rows start at whole bytes. */
function packedSample({ width, data, depth }: DecodedPng): Reader {
  const rowBytes = Math.ceil((width * depth) / 8)
  const perByte = 8 / depth
  return (x, y) => {
    const byte = data[y * rowBytes + Math.floor(x / perByte)]
    return (byte >> (8 - depth * ((x % perByte) + 1))) & (2 ** depth - 1)
  }
}
