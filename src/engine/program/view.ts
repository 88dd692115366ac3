import type { Tensor } from "../../protocol/program.ts"

/** One loop over a tensor: `size` elements, `stride` apart. */
export interface Digit {
  readonly size: number
  readonly stride: number
}

/**
 * A value of the ONNX graph as it lies in a tensor. Every ONNX axis is a mixed-radix number of one or
 * more digits, most significant first, so that reshaping never moves data: flattening a
 * channels-last [1, C, H, W] gives an axis of the digits C, H, W with their strides.
 */
export interface View {
  readonly tensor: Tensor
  readonly axes: readonly (readonly Digit[])[]
}

export const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1)

/** Strides of a row-major array. */
export function rowMajor(shape: readonly number[]): number[] {
  return shape.map((_, axis) => product(shape.slice(axis + 1)))
}

/** A tensor that lies in row-major order of `shape`. */
export function viewOf(tensor: Tensor, shape: readonly number[]): View {
  const strides = rowMajor(shape)
  return { tensor, axes: shape.map((size, axis) => [{ size, stride: strides[axis] }]) }
}

/** A tensor that lies in the order [batch, positions..., channels] of an ONNX value [batch, channels, positions...]. */
export function channelsLast(
  tensor: Tensor,
  batch: number,
  channels: number,
  positions: readonly number[],
): View {
  const [outer, ...strides] = rowMajor([batch, ...positions, channels])
  const axes = [
    { size: batch, stride: outer },
    { size: channels, stride: 1 },
    ...positions.map((size, i) => ({ size, stride: strides[i] })),
  ]
  return { tensor, axes: axes.map((digit) => [digit]) }
}

export function shapeOf(view: View): number[] {
  return view.axes.map((digits) => product(digits.map((digit) => digit.size)))
}

/** All loops over a view in memory order: what a tensor computed from it element by element copies. */
export function storageOrder(view: View): Digit[] {
  return view.axes.flat().sort((a, b) => b.stride - a.stride)
}

/** The same axes over a new tensor whose loops are nested in the order of `loops`. */
export function restride(view: View, loops: readonly Digit[], tensor: Tensor): View {
  const strides = rowMajor(loops.map((digit) => digit.size))
  const place = new Map(loops.map((digit, at) => [digit, strides[at]]))
  return {
    tensor,
    axes: view.axes.map((digits) => digits.map((digit) => ({ size: digit.size, stride: place.get(digit)! }))),
  }
}

/** True when the view reads its tensor from front to back. */
export function isRowMajor(view: View): boolean {
  const digits = view.axes.flat().filter((digit) => digit.size !== 1)
  const strides = rowMajor(digits.map((digit) => digit.size))
  return digits.every((digit, at) => digit.stride === strides[at])
}
