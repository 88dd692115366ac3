import {
  NUMBERS,
  anyTensor,
  between,
  int,
  list,
  onceIn,
  pick,
  shape,
  signed,
  solid,
  some,
  tensor,
  within,
  version,
} from "../draw.ts"
import type { Attributes, MakeSpec, Makers } from "../spec.ts"
import { axisOf } from "./common.ts"

const extreme: MakeSpec = (random) => {
  const opset = version(random, [7, 11, 12, 13])
  const dims = solid(random, 1, 4, onceIn(random, 8) ? 40 : 6).slice(0, 4)
  const type = pick(random, [
    "float32",
    "int32",
    ...(opset >= 12 ? (["int8", "uint8", "int64"] as const) : []),
  ] as const)
  const attributes = some(random, {
    axis: int(axisOf(random, dims.length, opset)),
    keepdims: int(random() % 2),
    ...(opset >= 12 ? { select_last_index: int(random() % 2) } : {}),
  })
  // Few values, so that some are equal.
  return { opset, inputs: [within(random, type, dims, type === "uint8" ? 0 : -2, 2)], attributes }
}

const topK: MakeSpec = (random) => {
  const opset = version(random, [7, 10, 11])
  const dims = solid(random, 1, 4, onceIn(random, 8) ? 40 : 6).slice(0, 4)
  const axis = random() % dims.length
  const k = between(random, 1, dims[axis])
  const given = opset < 11 ? (axis === dims.length - 1 ? -1 : axis) : signed(random, axis, dims.length)
  const type = opset < 11 ? "float32" : pick(random, NUMBERS)
  const x = within(random, type, dims, type === "uint8" ? 0 : -3, 3)
  const attributes: Attributes = {
    axis: int(given),
    ...(opset < 11 ? {} : some(random, { largest: int(random() % 2), sorted: int(1) })),
  }
  if (opset < 10) return { opset, outputs: 2, inputs: [x], attributes: { ...attributes, k: int(k) } }
  return { opset, outputs: 2, inputs: [x, list([k])], attributes }
}

const cumSum: MakeSpec = (random) => {
  const dims = shape(random, 1, 4, 6)
  const type = pick(random, ["float32", "int32", "int64"] as const)
  const axis = axisOf(random, dims.length, 11)
  return {
    opset: version(random, [11, 14]),
    inputs: [
      anyTensor(random, type, dims),
      tensor(pick(random, ["int32", "int64"]), onceIn(random, 3) ? [1] : [], [axis]),
    ],
    attributes: some(random, { exclusive: int(random() % 2), reverse: int(random() % 2) }),
  }
}

const oneHot: MakeSpec = (random) => {
  const dims = shape(random, 0, 3)
  const depth = between(random, 1, 6)
  const types = ["float32", "int32", "int64"] as const
  const depthType = pick(random, types)
  const rank = dims.length + 1
  const indices = within(random, "int64", dims, -depth - 1, depth)
  const type = pick(random, types)
  const values = within(random, type, [2], -5, 5)
  return {
    opset: version(random, [9, 11]),
    inputs: [indices, tensor(depthType, onceIn(random, 2) ? [] : [1], [depth]), values],
    attributes: some(random, { axis: int(signed(random, random() % rank, rank)) }),
  }
}

const nonZero: MakeSpec = (random) => {
  const type = pick(random, ["float32", "int32", "int64", "uint8", "bool"] as const)
  return { opset: version(random, [9, 13]), inputs: [within(random, type, shape(random, 1, 3), 0, 1)] }
}

/** Operators that order, count and number elements. */
export const ORDER_MAKERS: Makers = {
  ArgMax: extreme,
  ArgMin: extreme,
  CumSum: cumSum,
  NonZero: nonZero,
  OneHot: oneHot,
  TopK: topK,
}
