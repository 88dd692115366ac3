import {
  between,
  float,
  int,
  ints,
  onceIn,
  partOf,
  pick,
  signed,
  solid,
  some,
  someAxes,
  type Random,
  version,
} from "../draw.ts"
import type { MakeSpec, Makers } from "../spec.ts"
import { positive, tame } from "./common.ts"

const batchNormalization: MakeSpec = (random) => {
  const opset = version(random, [7, 9, 14, 15])
  const dims = solid(random, 2, 5, 4)
  const one = [dims[1]]
  const isEverywhere = opset < 9 && onceIn(random, 2)
  const spatial = opset < 9 ? (isEverywhere ? { spatial: int(0) } : some(random, { spatial: int(1) })) : {}
  const own = isEverywhere ? dims.slice(1) : one
  return {
    opset,
    inputs: [
      tame(random, dims),
      tame(random, own),
      tame(random, own),
      tame(random, own),
      positive(random, own),
    ],
    attributes: {
      ...spatial,
      ...some(random, { epsilon: float(between(random, 1, 30) / 100), momentum: float(0.5) }),
    },
  }
}

const epsilon = (random: Random) => some(random, { epsilon: float(between(random, 1, 30) / 100) })

const instanceNormalization: MakeSpec = (random) => {
  const dims = solid(random, 3, 5, 4)
  const one = [dims[1]]
  return {
    opset: version(random, [7, 22]),
    inputs: [tame(random, dims), tame(random, one), tame(random, one)],
    attributes: epsilon(random),
    absolute: 1e-4,
  }
}

const groupNormalization: MakeSpec = (random) => {
  const opset = version(random, [18, 21])
  const groups = between(random, 1, 3)
  const channels = groups * between(random, 1, 3)
  const one = [opset < 21 ? groups : channels]
  return {
    opset,
    inputs: [
      tame(random, [between(random, 1, 2), channels, ...solid(random, 1, 3)]),
      tame(random, one),
      tame(random, one),
    ],
    attributes: { num_groups: int(groups), ...epsilon(random) },
    absolute: 1e-4,
  }
}

const layerNormalization: MakeSpec = (random) => {
  const dims = solid(random, 1, 4)
  const axis = random() % dims.length
  const tail = dims.slice(axis)
  const scale = onceIn(random, 6) ? partOf(random, tail) : tail
  const attributes = { ...some(random, { axis: int(signed(random, axis, dims.length)) }), ...epsilon(random) }
  const own = "axis" in attributes ? scale : [dims.at(-1)]
  const bias = onceIn(random, 2) ? [tame(random, own)] : []
  return {
    opset: 17,
    outputs: between(random, 1, 3),
    inputs: [tame(random, dims), tame(random, own), ...bias],
    attributes,
    absolute: 1e-4,
  }
}

const rmsNormalization: MakeSpec = (random) => {
  const dims = solid(random, 1, 4)
  const axis = random() % dims.length
  const attributes = { ...some(random, { axis: int(signed(random, axis, dims.length)) }), ...epsilon(random) }
  const own = "axis" in attributes ? dims.slice(axis) : [dims.at(-1)]
  const scale = onceIn(random, 5) ? partOf(random, own) : own
  return { opset: 23, inputs: [tame(random, dims), tame(random, scale)], attributes }
}

const lrn: MakeSpec = (random) => {
  const dims = solid(random, 2, 4)
  const size = between(random, 1, 7)
  return {
    opset: version(random, [7, 13]),
    inputs: [tame(random, dims)],
    attributes: {
      size: int(size),
      ...some(random, {
        alpha: float(0.02),
        beta: float(pick(random, [0.5, 0.75, 1, 0.6])),
        bias: float(2),
      }),
    },
    // onnxruntime has no even sizes, and no other shapes.
    comparable: dims.length === 4 && size % 2 === 1,
  }
}

const meanVarianceNormalization: MakeSpec = (random) => {
  const dims = solid(random, 4, 4)
  const axes = someAxes(random, 4)
  return {
    opset: version(random, [9, 13]),
    inputs: [tame(random, dims)],
    attributes: some(random, { axes: ints(axes) }),
    absolute: 1e-4,
    // onnxruntime adds nothing to the deviation, and divides zero by zero.
    comparable: false,
  }
}

const lpNormalization: MakeSpec = (random) => {
  const dims = solid(random, 1, 4)
  return {
    opset: version(random, [7, 22]),
    inputs: [tame(random, dims)],
    attributes: some(random, {
      axis: int(signed(random, random() % dims.length, dims.length)),
      p: int(between(random, 1, 2)),
    }),
  }
}

/** Normalisations. */
export const NORM_MAKERS: Makers = {
  BatchNormalization: batchNormalization,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LRN: lrn,
  LayerNormalization: layerNormalization,
  LpNormalization: lpNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
  RMSNormalization: rmsNormalization,
}
