import {
  type Random,
  anyTensor,
  between,
  float,
  floats,
  floatsIn,
  int,
  ints,
  list,
  listOf,
  onceIn,
  pick,
  shuffled,
  signed,
  some,
  string,
  tensor,
  version,
} from "../draw.ts"
import type { Attributes, MakeSpec, Makers, Spec } from "../spec.ts"

/** Factors whose products with small sizes are not just below a whole number. */
const SCALES = [0.5, 0.6, 0.75, 0.8, 1.25, 1.3, 1.5, 2, 2.4, 3]

const MODES = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"]

interface Sized {
  readonly dims: number[]
  readonly axes: number[]
  readonly scales: number[]
}

/** Sizes of an image, and factors for some of its axes. */
function sized(random: Random, all: boolean): Sized {
  const rank = pick(random, [2, 3, 4, 4])
  const dims = listOf(rank, (i) => (rank > 2 && i < rank - 2 ? between(random, 1, 2) : between(random, 2, 6)))
  const last = shuffled(random, [rank - 2, rank - 1]).slice(0, between(random, 1, 2))
  const axes = all ? dims.map((_, i) => i) : last
  return { dims, axes, scales: axes.map((axis) => (last.includes(axis) ? pick(random, SCALES) : 1)) }
}

const isUpward = (scales: readonly number[]) => scales.every((scale) => scale >= 1)

const whole = (number: number) => Math.abs(number - Math.round(number)) < 1e-4

/**
 * Whether onnxruntime does what the reference implementation of ONNX does. It takes the size of the result where the
 * latter has the scale times the size of the input, knows no policies, rounds positions to float32, and leaves alone
 * what keeps its size.
 */
function isComparable(
  rules: Attributes,
  dims: readonly number[],
  axes: readonly number[],
  scales: readonly number[],
) {
  const value = (name: string) => rules[name]?.value
  const coordinates = value("coordinate_transformation_mode") as string
  const extents = axes.map((axis, i) => dims[axis] * scales[i])
  if (
    ["tf_crop_and_resize", "half_pixel_symmetric", "align_corners"].includes(coordinates) &&
    !extents.every(whole)
  )
    return false
  if (value("mode") === "nearest" && !scales.every((scale) => Number.isInteger(scale * 4))) return false
  if (value("mode") === "cubic" && dims.length === 3) return false
  return extents.every((extent, i) => scales[i] === 1 || Math.floor(extent) !== dims[axes[i]])
}

const resize: MakeSpec = (random) => {
  const opset = version(random, [10, 11, 13, 18, 19])
  if (opset === 10) return old(random, opset)
  const mode = pick(random, ["nearest", "nearest", "linear", "linear", "cubic"])
  const hasAxes = opset >= 18 && onceIn(random, 2)
  const { dims, axes, scales } = sized(random, !hasAxes)
  const given = hasAxes ? axes.map((axis) => signed(random, axis, dims.length)) : axes
  const coordinates = pick(random, [
    ...MODES,
    "tf_crop_and_resize",
    ...(opset >= 19 ? ["half_pixel_symmetric"] : []),
    ...(opset < 13 && mode === "nearest" ? ["tf_half_pixel_for_nn"] : []),
  ])
  const isCrop = coordinates === "tf_crop_and_resize"
  const antialias = opset >= 18 && mode !== "nearest" && !isCrop && onceIn(random, 3)
  const rules: Attributes = {
    mode: string(mode),
    coordinate_transformation_mode: string(coordinates),
    ...(mode === "nearest"
      ? some(random, {
          nearest_mode: string(pick(random, ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"])),
        })
      : {}),
    ...(mode === "cubic"
      ? some(random, { cubic_coeff_a: float(-0.5), exclude_outside: int(random() % 2) })
      : {}),
    ...(antialias ? { antialias: int(1) } : {}),
    ...(hasAxes ? { axes: ints(given) } : {}),
    ...(isCrop ? some(random, { extrapolation_value: float(10) }) : {}),
  }
  const region = () =>
    listOf(axes.length, (i) =>
      scales[i] === 1 ? [0, 1] : [between(random, -2, 3) / 8, between(random, 5, 10) / 8],
    )
  const pairs = region()
  const roi = isCrop
    ? tensor("float32", [2 * axes.length], [...pairs.map(([a]) => a), ...pairs.map(([, b]) => b)])
    : undefined
  const type = mode === "nearest" ? pick(random, ["float32", "int32", "uint8", "int8"] as const) : "float32"
  const x = anyTensor(random, type, dims)
  if (onceIn(random, 2)) {
    const factors = tensor("float32", [scales.length], scales)
    return {
      opset,
      inputs: [x, roi ?? (opset < 13 ? tensor("float32", [0], []) : undefined), factors],
      attributes: rules,
      comparable: isComparable(rules, dims, axes, scales),
    }
  }
  const isPolicy = opset >= 18 && hasAxes && !isCrop && onceIn(random, 2)
  const policy = isPolicy
    ? { keep_aspect_ratio_policy: string(pick(random, ["stretch", "not_larger", "not_smaller"])) }
    : {}
  const sizes = axes.map((axis, i) => Math.max(1, Math.floor(dims[axis] * scales[i])))
  const nothing = opset < 13 ? tensor("float32", [0], []) : undefined
  const factors = sizes.map((size, i) => size / dims[axes[i]])
  return {
    opset,
    inputs: [x, roi ?? nothing, nothing, list(sizes)],
    attributes: { ...rules, ...policy },
    // onnxruntime does not crop what keeps its size.
    comparable:
      !isPolicy &&
      isComparable(rules, dims, axes, factors) &&
      factors.every((one, i) => one !== 1 || scales[i] === 1),
  }
}

/** Upsample, and Resize of opset 10. */
function old(random: Random, opset: number): Omit<Spec, "op"> {
  const mode = pick(random, ["nearest", "linear"])
  const { dims, scales } = sized(random, true)
  const factors = opset === 10 || isUpward(scales) ? scales : scales.map((scale) => Math.ceil(scale))
  const x = floatsIn(random, dims)
  const named = { mode: string(mode) }
  const axes = dims.map((_, axis) => axis)
  const comparable = isComparable(named, dims, axes, factors)
  if (opset < 9) return { opset, inputs: [x], attributes: { ...named, scales: floats(factors) }, comparable }
  return {
    opset,
    comparable,
    inputs: [x, tensor("float32", [factors.length], factors)],
    attributes: mode === "nearest" ? some(random, named) : named,
  }
}

export const RESIZE_MAKERS: Makers = {
  Resize: resize,
  Upsample: (random) => old(random, version(random, [7, 9], 9)),
}
