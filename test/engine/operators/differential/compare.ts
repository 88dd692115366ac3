import { elementsOf } from "../../../../src/engine/onnx/elements.ts"
import type { OnnxTensor } from "../../../../src/engine/onnx/graph.ts"
import type { Tensors } from "./runtime.ts"

/** How far floats may be apart. */
export interface Tolerance {
  readonly relative: number
  readonly absolute: number
}

/** @returns what is wrong with the first tensor that is not near the wanted one. */
export function difference(ours: Tensors, theirs: Tensors, tolerance: Tolerance): string | undefined {
  for (const [name, wanted] of theirs) {
    const problem = tensorDifference(ours.get(name), wanted, tolerance)
    if (problem) return `${name}: ${problem}`
  }
  return undefined
}

function tensorDifference(
  actual: OnnxTensor | undefined,
  wanted: OnnxTensor,
  tolerance: Tolerance,
): string | undefined {
  if (!actual) return "it is missing"
  if (actual.elementType !== wanted.elementType)
    return `${actual.elementType} instead of ${wanted.elementType}`
  if (String(actual.dims) !== String(wanted.dims)) return `shape [${actual.dims}] instead of [${wanted.dims}]`
  const [a, b] = [elementsOf(actual), elementsOf(wanted)]
  const isFloat = actual.elementType === "float32"
  const at = a.findIndex((one, i) => !(isFloat ? isNear(Number(one), Number(b[i]), tolerance) : one === b[i]))
  return at < 0 ? undefined : `element ${at} is ${a[at]}, not ${b[at]}`
}

function isNear(a: number, b: number, { relative, absolute }: Tolerance): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b)
  return a === b || Math.abs(a - b) <= absolute + relative * Math.abs(b)
}

/** @returns the first tensor of `wanted` whose bytes are others in `actual`. */
export function byteDifference(actual: Tensors, wanted: Tensors): string | undefined {
  for (const [name, { data }] of wanted) {
    const other = actual.get(name)?.data
    const at = other ? data.findIndex((byte, i) => byte !== other[i]) : 0
    if (at >= 0 || other?.length !== data.length) return `${name}: byte ${at} differs`
  }
  return undefined
}
