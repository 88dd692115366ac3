import { elementsOf } from "../../../../../src/engine/onnx/elements.ts"
import type { OnnxTensor } from "../../../../../src/engine/onnx/graph.ts"
import { product, rowMajor } from "../../../../../src/engine/program/view.ts"
import { type TypeName, tensor } from "../draw.ts"

/** Numbers with a shape, in row-major order: binary64, whatever the type of the tensor. */
export interface NumberArray {
  readonly dims: readonly number[]
  readonly numbers: readonly number[]
}

export const arrayOf = (x: OnnxTensor): NumberArray => ({
  dims: x.dims,
  numbers: [...elementsOf(x)].map(Number),
})

export const tensorOf = ({ dims, numbers }: NumberArray, type: TypeName = "float32"): OnnxTensor =>
  tensor(type, dims, numbers)

/** All coordinates of a shape in row-major order. */
export function coordinatesOf(dims: readonly number[]): number[][] {
  const strides = rowMajor(dims)
  return Array.from({ length: product(dims) }, (_, i) =>
    dims.map((size, axis) => Math.floor(i / strides[axis]) % size),
  )
}

/** The element at coordinates; axes of size 1, and axes that are not there, broadcast. */
export function at({ dims, numbers }: NumberArray, coordinates: readonly number[]): number {
  const missing = coordinates.length - dims.length
  const strides = rowMajor(dims)
  return numbers[
    dims.reduce((sum, size, axis) => sum + (size === 1 ? 0 : coordinates[axis + missing] * strides[axis]), 0)
  ]
}

/** An array whose elements are made of their coordinates. */
export const build = (dims: readonly number[], make: (coordinates: number[]) => number): NumberArray => ({
  dims,
  numbers: coordinatesOf(dims).map(make),
})

/** Indices from 0 up to a size. */
export const range = (size: number): number[] => Array.from({ length: size }, (_, i) => i)

export const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)
