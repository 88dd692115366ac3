import type { OnnxTensor } from "../../../../../src/engine/onnx/graph.ts"
import { product, rowMajor } from "../../../../../src/engine/program/view.ts"
import type { TypeName } from "../draw.ts"
import type { Spec } from "../spec.ts"
import { type NumberArray, arrayOf, range, sum, tensorOf } from "./array.ts"
import { floatOf, floatsOf, intOf, intsOf, stringOf } from "./attributes.ts"

/** How one axis is resized. */
interface Axis {
  readonly input: number
  readonly output: number
  readonly scale: number
  readonly start: number
  readonly end: number
}

/** Resize and Upsample as the reference implementation of ONNX does them: one axis after the other, in binary64. */
export function resizeReference(spec: Spec): OnnxTensor[] {
  const x = arrayOf(spec.inputs[0]!)
  const axes = axesOf(spec, x.dims)
  const result = axes.reduce((value, axis, i) => resizeAxis(spec, value, i, axis), x)
  return [tensorOf(result, spec.inputs[0]!.elementType as TypeName)]
}

function axesOf(spec: Spec, dims: readonly number[]): Axis[] {
  const given =
    intsOf(spec, "axes")?.map((axis) => (axis < 0 ? axis + dims.length : axis)) ?? range(dims.length)
  const numbers = (index: number) => {
    const input = spec.inputs[index]
    return input && input.dims[0] > 0 ? arrayOf(input).numbers : undefined
  }
  const isOld = spec.opset < 11
  const roi = isOld ? undefined : numbers(1)
  const scales = isOld ? (numbers(1) ?? floatsOf(spec, "scales")) : numbers(2)
  const sizes = isOld ? undefined : numbers(3)
  const policy = stringOf(spec, "keep_aspect_ratio_policy", "stretch")
  const stretched = sizes?.map((size, i) => size / dims[given[i]])
  const common = policy === "not_larger" ? Math.min(...(stretched ?? [])) : Math.max(...(stretched ?? []))
  return dims.map((input, axis): Axis => {
    const i = given.indexOf(axis)
    if (i < 0) return { input, output: input, scale: 1, start: 0, end: 1 }
    const scale = scales ? scales[i] : policy === "stretch" ? stretched![i] : common
    const output = sizes && policy === "stretch" ? sizes[i] : Math.floor(scale * input + (sizes ? 0.5 : 0))
    const isCrop = stringOf(spec, "coordinate_transformation_mode", "") === "tf_crop_and_resize"
    const [start, end] = roi && isCrop ? [roi[i], roi[i + given.length]] : [0, 1]
    return { input, output, scale, start, end }
  })
}

function resizeAxis(spec: Spec, x: NumberArray, axis: number, rule: Axis): NumberArray {
  const isCrop = stringOf(spec, "coordinate_transformation_mode", "") === "tf_crop_and_resize"
  if (rule.scale === 1 && rule.output === rule.input && !isCrop) return x
  const dims = x.dims.map((size, i) => (i === axis ? rule.output : size))
  const stride = rowMajor(dims)[axis]
  const numbers = range(product(dims)).map((i) => {
    const place = Math.floor(i / stride) % rule.output
    const front = Math.floor(i / stride / rule.output) * rule.input * stride + (i % stride)
    return interpolated(spec, (at) => x.numbers[front + at * stride], place, rule)
  })
  return { dims, numbers }
}

/** One element from its line of the input. */
function interpolated(spec: Spec, line: (at: number) => number, place: number, rule: Axis): number {
  const { input, scale } = rule
  const position = positionOf(spec, place, rule)
  const isCrop = stringOf(spec, "coordinate_transformation_mode", "") === "tf_crop_and_resize"
  if (isCrop && (position < 0 || position > input - 1)) return floatOf(spec, "extrapolation_value", 0)
  const mode = stringOf(spec, "mode", "nearest")
  const inside = (at: number) => line(Math.max(0, Math.min(input - 1, at)))
  if (mode === "nearest") return inside(nearest(spec, position, scale))
  const narrow = intOf(spec, "antialias", 0) ? Math.min(scale, 1) : 1
  const reach = mode === "linear" ? 1 : 2
  const a = floatOf(spec, "cubic_coeff_a", -0.75)
  const first = Math.floor(position) - Math.ceil(reach / narrow)
  const all = range(2 * Math.ceil(reach / narrow) + 2).map((i) => first + i)
  const weights = all.map((at) => {
    const isOut = (at < 0 || at >= input) && intOf(spec, "exclude_outside", 0) === 1
    return isOut
      ? 0
      : mode === "linear"
        ? Math.max(0, 1 - Math.abs(at - position) * narrow)
        : cubic((at - position) * narrow, a)
  })
  const total = sum(weights)
  return sum(all.map((at, i) => (inside(at) * weights[i]) / total))
}

function positionOf(spec: Spec, place: number, { input, output, scale, start, end }: Axis): number {
  const mode = stringOf(spec, "coordinate_transformation_mode", spec.opset < 11 ? "asymmetric" : "half_pixel")
  const whole = scale * input
  const half = (place + 0.5) / scale - 0.5
  switch (mode) {
    case "align_corners":
      return whole === 1 ? 0 : (place * (input - 1)) / (whole - 1)
    case "asymmetric":
      return place / scale
    case "tf_half_pixel_for_nn":
      return (place + 0.5) / scale
    case "pytorch_half_pixel":
      return output > 1 ? half : 0
    case "half_pixel_symmetric":
      return (input / 2) * (1 - output / whole) + half
    case "tf_crop_and_resize": {
      const span = (end - start) * (input - 1)
      return start * (input - 1) + (whole === 1 ? span / 2 : (place * span) / (whole - 1))
    }
    default:
      return half
  }
}

function nearest(spec: Spec, position: number, scale: number): number {
  if (spec.opset < 11) return scale < 1 ? Math.ceil(position) : Math.floor(position)
  const rest = position - Math.floor(position)
  switch (stringOf(spec, "nearest_mode", "round_prefer_floor")) {
    case "floor":
      return Math.floor(position)
    case "ceil":
      return Math.ceil(position)
    case "round_prefer_ceil":
      return rest < 0.5 ? Math.floor(position) : Math.ceil(position)
    default:
      return rest <= 0.5 ? Math.floor(position) : Math.ceil(position)
  }
}

/** The kernel of Keys (1981). */
function cubic(distance: number, a: number): number {
  const x = Math.abs(distance)
  if (x >= 2) return 0
  return x <= 1 ? (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1 : a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a
}
