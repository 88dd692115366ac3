import { ElementType, Space, type Step } from "../../protocol/program.ts"
import { hasPlainZeros } from "./bytes-stage.ts"
import { DEPTHWISE_F32, DEPTHWISE_I8 } from "./codes.ts"
import { type DotShape, countOf, depthwiseShape } from "./dot-shape.ts"
import { broughtNear, productStage } from "./gemm-stage.ts"
import { channelWalk } from "./left-operand.ts"
import type { ProductPlan } from "./product-plan.ts"
import { elementsOf, packingKey, positionsOf, reader } from "./right-operand.ts"
import type { Prepared, Stage } from "./stage.ts"
import type { Tiles } from "./tiles.ts"
import { WIDE, widenStage } from "./widen-stage.ts"
import { zeroPoints } from "./zero-points.ts"

/** Products of two numbers in a unit, and altogether below which it does not pay to wake other threads. */
const UNIT_WORK = 100_000
const SMALL_WORK = 50_000

/** Stages that compute a depthwise convolution with constant weights; `undefined` if a step is none. */
export function depthwiseStages(step: Step): Stage[] | undefined {
  const shape = depthwiseShape(step)
  if (shape?.right.access.tensor.space !== Space.Weights) return undefined
  const { type } = shape.left.access.tensor
  const isFloat = type === ElementType.Float32
  if (!isFloat && !hasPlainZeros(step, shape)) return undefined
  const prepared = isFloat ? preparedFloats(shape) : preparedBytes(shape)
  const walk = channelWalk(shape)
  if (!walk) return undefined
  const near = broughtNear(shape, walk)
  const plan = {
    step,
    shape,
    walk,
    gathers: false,
    right: ({ preparedAt }) => preparedAt(prepared.key),
    rightSigned: false,
    packed: { bytes: 0 },
    zeros: () => 0,
    tiles: tilesOf(shape),
  } satisfies Partial<ProductPlan>
  const { tensor, temporaries } = near
  if (isFloat) {
    const left: ProductPlan["left"] = ({ addressOf }) => addressOf(tensor)
    const product = productStage(
      { ...plan, kind: DEPTHWISE_F32, left, leftWidth: 4 },
      near.reads,
      temporaries,
      [prepared],
    )
    return [...near.stages, product]
  }
  const { stage, buffer } = widenStage(tensor, shape.leftZero!)
  const left = (): number => buffer.address
  const all = [...temporaries, buffer]
  const product = productStage({ ...plan, kind: DEPTHWISE_I8, left, leftWidth: WIDE }, [], all, [prepared])
  return [...near.stages, { ...stage, temporaries: all }, product]
}

function tilesOf({ rows, columns, terms }: DotShape): Tiles {
  const perRow = countOf(columns) * countOf(terms)
  const count = countOf(rows)
  const rowTile = Math.min(count, (Math.ceil(UNIT_WORK / perRow) + 3) & ~3)
  return {
    rowTile,
    panelTile: 0,
    rowTiles: Math.ceil(count / rowTile),
    panelTiles: 1,
    alone: count * perRow < SMALL_WORK,
  }
}

const keyOf = (shape: DotShape): string =>
  `depthwise/${packingKey(shape, { groups: [], run: countOf(shape.terms), width: 0 })}/${shape.rightZero?.access.tensor.id}`

/** Weights as [tap, channel]. */
function preparedFloats(shape: DotShape): Prepared {
  const { tensor } = shape.right.access
  const [channels, taps] = [countOf(shape.columns), countOf(shape.terms)]
  return {
    key: keyOf(shape),
    tensors: [tensor],
    size: channels * taps * 4,
    fill([data], target) {
      const [, columns, terms] = positionsOf(shape, { groups: [] })
      const [element, to] = [reader(data), elementsOf(target)]
      let at = 0
      for (const term of terms)
        for (const column of columns) to[at++] = element(shape.right.affine.base + column + term)
    },
  }
}

/** Weights less their zero points as int16 [pair of taps, channel, 2]. */
function preparedBytes(shape: DotShape): Prepared {
  const { tensor } = shape.right.access
  const [channels, taps] = [countOf(shape.columns), countOf(shape.terms)]
  const signed = tensor.type === ElementType.Int8
  return {
    key: keyOf(shape),
    tensors: [tensor, shape.rightZero!.access.tensor],
    size: channels * Math.ceil(taps / 2) * 4,
    fill([data, zeros], target) {
      const [, columns, terms] = positionsOf(shape, { groups: [] })
      const points = zeroPoints(shape, [], zeros)
      const to = new Int16Array(target.buffer, target.byteOffset, target.byteLength / 2)
      terms.forEach((term, tap) => {
        columns.forEach((column, c) => {
          const byte = data[shape.right.affine.base + column + term]
          to[((tap >> 1) * channels + c) * 2 + (tap & 1)] = (signed ? (byte << 24) >> 24 : byte) - points[c]
        })
      })
    },
  }
}
