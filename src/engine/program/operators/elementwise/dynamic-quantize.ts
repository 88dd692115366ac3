import { Body, ElementType, Op } from "../../../../protocol/program.ts"
import type { Builder } from "../../builder.ts"
import type { Lowering } from "../../node.ts"
import { quantize } from "../../scalar/quantize.ts"
import { reshape } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { product } from "../../view.ts"

/** How many elements one element of a stage reads: four chunks. */
const STAGE = 1024

/**
 * DynamicQuantizeLinear: to uint8, with the least scale with which zero and all elements are in range. The order of
 * operations is that of the function by which ONNX defines it.
 */
export const lowerDynamicQuantize: Lowering = (node) => {
  const { builder } = node
  const x = node.requireType(0, ElementType.Float32)
  const low = extreme(builder, x, Op.Min)
  const high = extreme(builder, x, Op.Max)
  // Read by two steps.
  builder.stored(low)
  const scale = builder.map([high, low], (e, [most, least]) => {
    const zero = e.float(0)
    return e.div(e.sub(e.max(most, zero), e.min(least, zero)), e.float(255))
  })
  builder.stored(scale)
  const point = builder.map([low, scale], (e, [least, unit]) => {
    const zero = e.float(0)
    const exact = e.sub(zero, e.div(e.min(least, zero), unit))
    return e.cast(e.round(e.clamp(exact, zero, e.float(255))), ElementType.Uint8)
  })
  builder.stored(point)
  return [
    builder.map([x, scale, point], (e, [value, unit, zero]) => quantize(e, value, unit, zero)),
    scale,
    point,
  ]
}

/** The least or greatest element, as a scalar; zero if there is none. In stages, so that each can be proven. */
function extreme(builder: Builder, x: Value, op: typeof Op.Min | typeof Op.Max): Value {
  const count = product(x.shape)
  if (count === 0) return builder.fill(x.type, [], 0n)
  let result = reshape(builder, builder.arranged(x, storageOrder(builder, x)), count === 1 ? [] : [count])
  while (result.shape.length > 0) result = stage(builder, result, op)
  return result
}
/** The axes as they are nested in storage, outermost first: which element is where does not matter. */
function storageOrder(builder: Builder, x: Value): number[] {
  const { layout } = builder.stored(x)
  const stride = (axis: number) => layout.axes[axis][0]?.stride ?? 0
  return [...layout.axes.keys()].sort((a, b) => stride(b) - stride(a))
}

/** Every run of so many elements folded into one; a single one is a scalar. */
function stage(builder: Builder, x: Value, op: typeof Op.Min | typeof Op.Max): Value {
  const [length] = x.shape
  const size = Math.min(length, STAGE)
  const count = Math.ceil(length / size)
  // The last run may be shorter; a fold skips padding.
  const guards = length % size === 0 ? [] : [{ coefficients: [size, 1], offset: 0, size: length }]
  const { source } = builder.stored(x)
  return builder.reduce(x.type, count === 1 ? [] : [count], {
    body: Body.Fold,
    mode: op,
    domain: [count],
    reduction: [size],
    axes: count === 1 ? [] : [[0]],
    operands: [{ source, base: 0, strides: [size, 1], guards, lookups: [] }],
  })
}
