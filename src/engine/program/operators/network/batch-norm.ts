import { ElementType } from "../../../../protocol/program.ts"
import type { NodeContext } from "../../node.ts"
import { reshape } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { centred, meanSquare } from "./normalise.ts"

/** The numbers that a normalisation divides and shifts each channel by. */
interface Statistics {
  readonly mean: Value
  readonly variance: Value
}

/**
 * BatchNormalization of float32 values: x * a + b with a = scale / sqrt(variance + epsilon) and
 * b = bias - mean * a, which are constants as soon as the statistics are. With `training_mode` the statistics are
 * those of the input, and running ones are returned.
 */
export function lowerBatchNormalization(node: NodeContext): Value[] {
  const x = node.requireType(0, ElementType.Float32)
  if (x.shape.length < 2) node.fail(`the input has the shape [${x.shape}], without channels`)
  if (node.opset < 14 && node.hasOutput(1))
    node.fail("more than one output means training, which is not supported")
  const [mean, variance] = [perChannel(node, 3, x), perChannel(node, 4, x)]
  if (node.int("training_mode", 0) === 0) return [normalised(node, x, { mean, variance })]
  const current = statisticsOf(node, x)
  const momentum = node.float("momentum", 0.9)
  const running = (old: Value, now: Value) =>
    node.builder.map([old, reshape(node.builder, now, old.shape)], (e, [old, now]) => {
      return e.add(e.mul(old, e.float(momentum)), e.mul(now, e.sub(e.float(1), e.float(momentum))))
    })
  const result = normalised(node, x, current)
  const flat = (value: Value) => reshape(node.builder, value, [x.shape[1]])
  return [result, running(flat(mean), current.mean), running(flat(variance), current.variance)]
}

function normalised(node: NodeContext, x: Value, { mean, variance }: Statistics): Value {
  const { builder } = node
  const epsilon = node.float("epsilon", 1e-5)
  const a = builder.map([perChannel(node, 1, x), variance], (e, [scale, variance]) => {
    return e.div(scale, e.sqrt(e.add(variance, e.float(epsilon))))
  })
  builder.stored(a)
  const b = builder.map([perChannel(node, 2, x), mean, a], (e, [bias, mean, a]) =>
    e.sub(bias, e.mul(mean, a)),
  )
  return builder.map([x, a, b], (e, [x, a, b]) => e.add(e.mul(x, a), b))
}

/** An input with a number for each channel, or (`spatial` = 0 before opset 9) for each place of a channel. */
function perChannel(node: NodeContext, index: number, x: Value): Value {
  const value = node.requireType(index, ElementType.Float32)
  const everywhere = node.opset < 9 && node.int("spatial", 1) === 0
  const [channels, ...positions] = x.shape.slice(1)
  const wanted = everywhere ? [channels, ...positions] : [channels]
  if (String(value.shape) !== String(wanted))
    node.fail(`input ${index} has the shape [${value.shape}], not [${wanted}]`)
  return everywhere ? value : reshape(node.builder, value, [channels, ...positions.map(() => 1)])
}

function statisticsOf({ builder }: NodeContext, x: Value): Statistics {
  const axes = [...x.shape.keys()].filter((axis) => axis !== 1)
  const { mean, difference } = centred(builder, x, axes)
  const variance = meanSquare(builder, difference, axes)
  builder.stored(variance)
  return { mean, variance }
}
