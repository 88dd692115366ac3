import type { ResizeAxis } from "./resize-axes.ts"

/** The values of `coordinate_transformation_mode`. */
export const MODES = [
  "half_pixel",
  "half_pixel_symmetric",
  "pytorch_half_pixel",
  "align_corners",
  "asymmetric",
  "tf_half_pixel_for_nn",
  "tf_crop_and_resize",
] as const
export type CoordinateMode = (typeof MODES)[number]

/** Chooses a whole position near another one. */
export type Rounding = (position: number, scale: number) => number

/** The values of `nearest_mode`; a position halfway goes down or up as the name says. */
export const NEAREST: ReadonlyMap<string, Rounding> = new Map([
  ["round_prefer_floor", (position: number) => Math.ceil(position - 0.5)],
  ["round_prefer_ceil", (position: number) => Math.floor(position + 0.5)],
  ["floor", Math.floor],
  ["ceil", Math.ceil],
])

/**
 * Where in the input position `i` of the result lies, in binary64.
 *
 * @returns `undefined` if that is outside of the input and the mode extrapolates.
 */
export function coordinate(mode: CoordinateMode, i: number, axis: ResizeAxis): number | undefined {
  const { input, output, scale, extent } = axis
  const half = (i + 0.5) / scale - 0.5
  switch (mode) {
    case "half_pixel":
      return half
    case "half_pixel_symmetric":
      // In this order, as the ONNX reference adds: another one can end on the other side of a tie.
      return (input / 2) * (1 - output / extent) + (i + 0.5) / scale - 0.5
    case "pytorch_half_pixel":
      return output > 1 ? half : 0
    case "align_corners":
      return extent === 1 ? 0 : (i * (input - 1)) / (extent - 1)
    case "asymmetric":
      return i / scale
    case "tf_half_pixel_for_nn":
      return (i + 0.5) / scale
    case "tf_crop_and_resize":
      return cropped(i, axis)
  }
}

function cropped(i: number, { input, extent, region: [start, end] }: ResizeAxis): number | undefined {
  const last = input - 1
  const own = extent === 1 ? ((end - start) * last) / 2 : (i * (end - start) * last) / (extent - 1)
  const position = own + start * last
  return position < 0 || position > last ? undefined : position
}
