import { elementsOf } from "../../../../../src/engine/onnx/elements.ts"
import type { OnnxTensor } from "../../../../../src/engine/onnx/graph.ts"
import { rowMajor } from "../../../../../src/engine/program/view.ts"
import { broadcast } from "../../../../../src/engine/program/builder.ts"
import { type TypeName, tensor } from "../draw.ts"
import type { Spec } from "../spec.ts"
import { coordinatesOf, range } from "./array.ts"
import { floatOf, intOf } from "./attributes.ts"

/** Exact integers, or binary64 numbers. */
type Element = number | bigint

interface Elements {
  readonly dims: readonly number[]
  readonly at: (coordinates: readonly number[]) => Element
}

/** The elements of a tensor by coordinates, to which axes of size 1 and missing ones broadcast. */
function elements(x: OnnxTensor): Elements {
  const strides = rowMajor(x.dims)
  const all = [...elementsOf(x)].map((one) => (x.elementType === "float32" ? Number(one) : BigInt(one)))
  const at = (coordinates: readonly number[]) => {
    const own = coordinates.slice(coordinates.length - x.dims.length)
    return all[x.dims.reduce((sum, size, i) => sum + (size === 1 ? 0 : own[i] * strides[i]), 0)]
  }
  return { dims: x.dims, at }
}

const add = (a: Element, b: Element): Element => (typeof a === "bigint" ? a + (b as bigint) : a + Number(b))
const mul = (a: Element, b: Element): Element => (typeof a === "bigint" ? a * (b as bigint) : a * Number(b))

/** The product of matrices as NumPy has it; `term` gives a factor of each side from its own coordinates. */
function matrixProduct(
  a: Elements,
  b: Elements,
  zero: Element,
  term: (left: readonly number[], right: readonly number[], at: readonly number[]) => Element,
): { dims: number[]; all: Element[] } {
  const left = a.dims.length === 1 ? [1, ...a.dims] : a.dims
  const right = b.dims.length === 1 ? [...b.dims, 1] : b.dims
  const batch = broadcast([left.slice(0, -2), right.slice(0, -2)])
  const whole = [...batch, left.at(-2)!, right.at(-1)!]
  const own = (at: readonly number[], dims: readonly number[]) =>
    at.slice(at.length - dims.length).map((one, i) => (dims[i] === 1 ? 0 : one))
  const all = coordinatesOf(whole).map((at) => {
    const [outer, row, column] = [at.slice(0, -2), at.at(-2), at.at(-1)]
    return range(left.at(-1)!).reduce<Element>((sum, k) => {
      const l = [...own(outer, left.slice(0, -2)), row, k]
      const r = [...own(outer, right.slice(0, -2)), k, column]
      return add(sum, term(a.dims.length === 1 ? [k] : l, b.dims.length === 1 ? [k] : r, at))
    }, zero)
  })
  const dims = whole.filter((_, i) =>
    i === batch.length ? a.dims.length > 1 : i < batch.length || b.dims.length > 1,
  )
  return { dims, all }
}

export function matMulReference({ inputs }: Spec): OnnxTensor[] {
  const [a, b] = [elements(inputs[0]!), elements(inputs[1]!)]
  const type = inputs[0]!.elementType as TypeName
  const { dims, all } = matrixProduct(a, b, type === "float32" ? 0 : 0n, (l, r) => mul(a.at(l), b.at(r)))
  return [tensor(type, dims, all)]
}

/** MatMulInteger: a zero point of the right is one number or one for each column. */
export function matMulIntegerReference({ inputs }: Spec): OnnxTensor[] {
  const [a, b] = [elements(inputs[0]!), elements(inputs[1]!)]
  const zero = (index: number) => (inputs[index] ? elements(inputs[index]).at : () => 0n)
  const [za, zb] = [zero(2), zero(3)]
  const { dims, all } = matrixProduct(a, b, 0n, (l, r, at) => {
    const [x, y] = [
      add(a.at(l), -(za(at.slice(-2, -1)) as bigint)),
      add(b.at(r), -(zb(at.slice(-1)) as bigint)),
    ]
    return mul(x, y)
  })
  return [tensor("int32", dims, all)]
}

export function gemmReference(spec: Spec): OnnxTensor[] {
  const [a, b, c] = spec.inputs.map((x) => x && elements(x))
  const [transA, transB] = [intOf(spec, "transA", 0), intOf(spec, "transB", 0)]
  const type = spec.inputs[0]!.elementType as TypeName
  const number = (value: number): Element => (type === "float32" ? value : BigInt(value))
  const [alpha, beta] = [number(floatOf(spec, "alpha", 1)), number(floatOf(spec, "beta", 1))]
  const [rows, depth] = transA ? [a!.dims[1], a!.dims[0]] : a!.dims
  const columns = b!.dims[transB ? 0 : 1]
  const all = coordinatesOf([rows, columns]).map(([i, j]) => {
    const sum = range(depth).reduce(
      (total, k) => add(total, mul(a!.at(transA ? [k, i] : [i, k]), b!.at(transB ? [j, k] : [k, j]))),
      number(0),
    )
    const scaled = mul(alpha, sum)
    return c ? add(scaled, mul(beta, c.at([i, j]))) : scaled
  })
  return [tensor(type, [rows, columns], all)]
}
