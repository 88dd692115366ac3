import {
  anyTensor,
  floatsIn,
  int,
  ints,
  list,
  onceIn,
  pick,
  shape,
  signed,
  some,
  someAxes,
  within,
  version,
} from "../draw.ts"
import type { MakeSpec, Makers } from "../spec.ts"

const REDUCED = {
  all: ["float32", "int32", "int64"],
  bytes: ["float32", "int8", "uint8", "int32", "int64"],
} as const

/** A reduction, whose axes become an input in opset `since`. */
const reduce =
  (since: number, types: keyof typeof REDUCED, low = -4, high = 4): MakeSpec =>
  (random) => {
    const opset = version(random, [7, 11, 13, 18, ...(types === "bytes" ? [20] : [])])
    const dims = shape(random, 0, 4, onceIn(random, 8) ? 40 : 4)
    const list0 = types === "bytes" && opset < 12 ? REDUCED.all : REDUCED[types]
    const type = onceIn(random, 2) ? "float32" : pick(random, list0)
    const isBool = types === "bytes" && opset >= 20 && onceIn(random, 4)
    const x = isBool
      ? anyTensor(random, "bool", dims)
      : type === "float32"
        ? floatsIn(random, dims, low, high)
        : within(random, type, dims, type === "uint8" ? 0 : Math.ceil(low), high)
    const axes = someAxes(random, dims.length, 0).map((axis) =>
      opset < 11 ? axis : signed(random, axis, dims.length),
    )
    const keep = some(random, { keepdims: int(random() % 2) })
    // An empty attribute is none.
    // onnxruntime gives results without elements other shapes.
    const comparable = !dims.includes(0)
    if (opset < since) {
      const attributes = axes.length > 0 ? { ...keep, axes: ints(axes) } : keep
      return { opset, inputs: [x], attributes, comparable }
    }
    const given = axes.length > 0 || onceIn(random, 2) ? [list(axes)] : []
    return {
      opset,
      comparable,
      inputs: [x, ...given],
      attributes: { ...keep, ...some(random, { noop_with_empty_axes: int(random() % 2) }) },
    }
  }

/** onnxruntime takes exponentials of integers as integers. */
const exponential =
  (make: MakeSpec): MakeSpec =>
  (random) => {
    const spec = make(random)
    return spec.inputs[0]!.elementType === "float32" ? spec : { ...spec, comparable: false }
  }

/** Reductions of axes. */
export const REDUCTION_MAKERS: Makers = {
  ReduceL1: reduce(18, "all"),
  ReduceL2: reduce(18, "all"),
  ReduceLogSum: reduce(18, "all", 0.25),
  ReduceLogSumExp: exponential(reduce(18, "all")),
  ReduceMax: reduce(18, "bytes"),
  ReduceMean: reduce(18, "all"),
  ReduceMin: reduce(18, "bytes"),
  ReduceProd: reduce(18, "all", -1, 2),
  ReduceSum: reduce(13, "all"),
  ReduceSumSquare: reduce(18, "all"),
}
