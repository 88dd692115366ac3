import { elementsOf } from "../../../../../src/engine/onnx/elements.ts"
import type { OnnxTensor } from "../../../../../src/engine/onnx/graph.ts"
import { broadcast } from "../../../../../src/engine/program/builder.ts"
import { rowMajor } from "../../../../../src/engine/program/view.ts"
import { type TypeName, tensor } from "../draw.ts"
import type { Spec } from "../spec.ts"
import { coordinatesOf } from "./array.ts"
import { floatOf, intOf } from "./attributes.ts"

type Element = number | bigint

/** A function of elements that broadcast; whatever it gives is wrapped to the type of input `like`. */
const mapped =
  (like: number, make: (elements: readonly Element[], spec: Spec) => Element) =>
  (spec: Spec): OnnxTensor[] => {
    const inputs = spec.inputs.map((x) => ({
      dims: x!.dims,
      strides: rowMajor(x!.dims),
      elements: elementsOf(x!),
    }))
    const dims = broadcast(inputs.map((x) => x.dims))
    const element = (x: (typeof inputs)[number], at: readonly number[]) => {
      const own = at.slice(dims.length - x.dims.length)
      return x.elements[x.dims.reduce((sum, size, i) => sum + (size === 1 ? 0 : own[i] * x.strides[i]), 0)]
    }
    const all = coordinatesOf(dims).map((at) =>
      make(
        inputs.map((x) => element(x, at)),
        spec,
      ),
    )
    return [tensor(spec.inputs[like]!.elementType as TypeName, dims, all)]
  }

/** The product; of whole numbers all bits of it, of which the type keeps the low ones. */
const times = (a: Element, b: Element): Element => {
  const isWhole = typeof a === "bigint" || (Number.isInteger(a) && Number.isInteger(b))
  return isWhole ? BigInt(a) * BigInt(b) : a * Number(b)
}

export const whereReference = mapped(1, ([condition, a, b]) => (condition ? a : b))
export const preluReference = mapped(0, ([x, slope]) => (x < 0 ? times(x, slope) : x))
export const reluReference = mapped(0, ([x]) => (x < 0 ? times(x, 0) : x))
export const swiGluReference = mapped(0, ([a, b], spec) => {
  const x = Number(a)
  return (x / (1 + Math.exp(-floatOf(spec, "alpha", 1) * x))) * Number(b)
})

/** OneHot: an index beyond the depth, from either end, has no hot element. */
export function oneHotReference(spec: Spec): OnnxTensor[] {
  const [indices, depths, values] = spec.inputs.map((x) => ({ dims: x!.dims, elements: elementsOf(x!) }))
  const depth = Number(depths.elements[0])
  const rank = indices.dims.length + 1
  const given = intOf(spec, "axis", -1)
  const axis = given < 0 ? given + rank : given
  const dims = indices.dims.toSpliced(axis, 0, depth)
  const strides = rowMajor(indices.dims)
  const all = coordinatesOf(dims).map((at) => {
    const place = at.toSpliced(axis, 1).reduce((sum, one, i) => sum + one * strides[i], 0)
    const index = Number(indices.elements[place])
    return values.elements[Number((index < 0 ? index + depth : index) === at[axis])]
  })
  return [tensor(spec.inputs[2]!.elementType as TypeName, dims, all)]
}
