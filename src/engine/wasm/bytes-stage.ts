import { ElementType, Space, type Step, type Tensor } from "../../protocol/program.ts"
import { Buffer } from "./buffer.ts"
import { GEMM_I8 } from "./codes.ts"
import { type DotShape, countOf, dotShape } from "./dot-shape.ts"
import { broughtNear, isTiny, packingStages, productStage } from "./gemm-stage.ts"
import { leftWalk } from "./left-operand.ts"
import { type ProductPlan, countsOf, gathersTaps, isDirect } from "./product-plan.ts"
import { type Packed, packBytes, packedOf, packingKey } from "./right-operand.ts"
import type { Prepared, Stage } from "./stage.ts"
import { tilesOf } from "./tiles.ts"
import { WIDE, widenStage } from "./widen-stage.ts"
import { isPerColumn, isSingle, writeZeroPoints, zeroPoints } from "./zero-points.ts"

/** True if operands are of 8 bits, with zero points as kernels want them: one on the left, constant ones on the right. */
export function hasPlainZeros(step: Step, shape: DotShape): boolean {
  return (
    step.operands.length >= 4 &&
    shape.leftZero !== undefined &&
    isSingle(shape.leftZero) &&
    isPerColumn(shape)
  )
}

/** Stages that compute a Dot of 8 bits as matrix products; `undefined` if it has no such form. */
export function bytesStages(step: Step, threads: number): Stage[] | undefined {
  const shape = dotShape(step)
  if (!shape || isTiny(shape) || !hasPlainZeros(step, shape)) return undefined
  const walk = leftWalk(shape)
  if (!walk) return undefined
  const near = broughtNear(shape, walk)
  const { stage: widening, buffer } = widenStage(near.tensor, shape.leftZero!)
  const gathers = gathersTaps(walk, WIDE)
  const packed = packedOf(shape, gathers ? countOf(shape.terms) : walk.run, 1)
  const right = packedRight(shape, packed)
  const plan: ProductPlan = {
    kind: GEMM_I8,
    step,
    shape,
    walk,
    gathers,
    left: () => buffer.address,
    leftWidth: WIDE,
    right: right.address,
    rightSigned: shape.right.access.tensor.type === ElementType.Int8,
    packed,
    zeros: (writing) => writeZeroPoints(writing, shape, packed.groups),
    tiles: tilesOf(countsOf(shape), isDirect(step), threads),
  }
  const temporaries = [...near.temporaries, buffer, ...right.temporaries]
  const product = productStage(plan, [], temporaries, right.prepared)
  return [
    ...near.stages,
    { ...widening, temporaries: [...near.temporaries, buffer] },
    ...right.stages,
    product,
  ]
}

/** A right operand in panels: packed once if it is constant, else in every run. */
function packedRight(shape: DotShape, packed: Packed) {
  const { tensor } = shape.right.access
  const zeroTensor: Tensor = shape.rightZero!.access.tensor
  const size = packed.bytes * countOf(packed.groups)
  if (tensor.space === Space.Weights) {
    const prepared: Prepared = {
      key: `${packingKey(shape, packed)}/${zeroTensor.id}`,
      tensors: [tensor, zeroTensor],
      size,
      fill: ([data, zeros], target) =>
        packBytes(shape, packed, zeroPoints(shape, packed.groups, zeros), data, target),
    }
    const address: ProductPlan["right"] = ({ preparedAt }) => preparedAt(prepared.key)
    return { address, prepared: [prepared], stages: [], temporaries: [] }
  }
  const buffer = new Buffer(size)
  const address = (): number => buffer.address
  return { address, prepared: [], stages: packingStages(shape, packed, buffer), temporaries: [buffer] }
}
