import type { NodeContext } from "../../node.ts"

/** One axis that is resized. */
export interface ResizeAxis {
  readonly axis: number
  readonly input: number
  readonly output: number
  /** How many positions of the result one element of the input takes. */
  readonly scale: number
  /** The size of the result before it is cut to a whole number: `scale` times the input. */
  readonly extent: number
  /** The part of the input that tf_crop_and_resize looks at, as fractions of it. */
  readonly region: readonly [start: number, end: number]
}

/** Which inputs of a node say how large its result is; an attribute has the scales if no input has them. */
interface SizeInputs {
  readonly roi?: number
  readonly scales?: number
  readonly sizes?: number
}

/** The axes of a Resize or Upsample that are not left as they are. */
export function resizeAxes(node: NodeContext, shape: readonly number[], inputs: SizeInputs): ResizeAxis[] {
  const given = (node.opset < 18 ? undefined : node.ints("axes")) ?? [...shape.keys()]
  node.axes(given, shape.length)
  const axes = given.map((axis) => node.axis(axis, shape.length))
  const scales = inputs.scales === undefined ? node.floats("scales") : floatsOf(node, inputs.scales)
  const sizes = inputs.sizes === undefined ? undefined : filled(node.optionalInts(inputs.sizes))
  const isCrop = node.string("coordinate_transformation_mode", "") === "tf_crop_and_resize"
  const roi = inputs.roi !== undefined && isCrop ? floatsOf(node, inputs.roi) : undefined
  if (roi && roi.length !== 2 * axes.length) node.fail(`roi [${roi}] does not fit ${axes.length} axes`)
  const list = sizes ? bySizes(node, shape, axes, sizes) : byScales(node, shape, axes, scales)
  if (sizes && scales) node.fail("both scales and sizes are given")
  const all = list.map((one, i): ResizeAxis => {
    return { ...one, region: roi ? [roi[i], roi[i + axes.length]] : [0, 1] }
  })
  return all.filter(({ input, output, scale }) => isCrop || input !== output || scale !== 1)
}

type Sized = Omit<ResizeAxis, "region">

function byScales(
  node: NodeContext,
  shape: readonly number[],
  axes: readonly number[],
  scales: readonly number[] | undefined,
): Sized[] {
  if (!scales) return node.fail("neither scales nor sizes are given")
  if (scales.length !== axes.length || !scales.every((scale) => scale > 0 && scale < Infinity)) {
    node.fail(`scales [${scales}] do not fit ${axes.length} axes`)
  }
  return axes.map((axis, i) => {
    const [input, scale] = [shape[axis], scales[i]]
    // A product of binary32 numbers, as ONNX infers the shape.
    return { axis, input, output: Math.floor(Math.fround(input * scale)), scale, extent: scale * input }
  })
}

function bySizes(
  node: NodeContext,
  shape: readonly number[],
  axes: readonly number[],
  sizes: readonly number[],
): Sized[] {
  if (sizes.length !== axes.length || sizes.some((size) => size < 0)) {
    node.fail(`sizes [${sizes}] do not fit ${axes.length} axes`)
  }
  const policy = node.string("keep_aspect_ratio_policy", "stretch")
  const scales = axes.map((axis, i) => sizes[i] / shape[axis])
  if (policy === "stretch") {
    return axes.map((axis, i) => {
      return { axis, input: shape[axis], output: sizes[i], scale: scales[i], extent: sizes[i] }
    })
  }
  if (policy !== "not_larger" && policy !== "not_smaller") {
    node.fail(`keep_aspect_ratio_policy "${policy}" is unknown`)
  }
  const scale = policy === "not_larger" ? Math.min(...scales) : Math.max(...scales)
  return axes.map((axis) => {
    const [input, extent] = [shape[axis], scale * shape[axis]]
    return { axis, input, output: Math.floor(extent + 0.5), scale, extent }
  })
}

const filled = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
  list && list.length > 0 ? list : undefined

const floatsOf = (node: NodeContext, input: number): readonly number[] | undefined =>
  node.optional(input) && filled(node.staticFloats(input))
