import { Space, type Step, type Tensor } from "../../protocol/program.ts"
import { Buffer } from "./buffer.ts"
import { GEMM_F32 } from "./codes.ts"
import { type DotShape, countOf, dotShape } from "./dot-shape.ts"
import { copyStages } from "./copy-stage.ts"
import { elementsStage, epilogueReads } from "./elements-stage.ts"
import { type LeftWalk, leftWalk } from "./left-operand.ts"
import { straightened, transposing } from "./moves.ts"
import { bodyLoops, runsAlongRows } from "./operand.ts"
import { packStage } from "./pack-stage.ts"
import { type ProductPlan, countsOf, gathersTaps, isDirect, writeProduct } from "./product-plan.ts"
import { PANEL, type Packed, packFloats, packedOf, packingKey, termStride } from "./right-operand.ts"
import type { Prepared, Stage } from "./stage.ts"
import type { Temporary } from "./temporary.ts"
import { tilesOf } from "./tiles.ts"

/** Groups of products so small that it does not pay to call a kernel. */
export function isTiny(shape: DotShape): boolean {
  const { groups, rows, columns, terms } = countsOf(shape)
  return groups > 64 && rows * columns * terms < 256
}

/** One row times rows that would be packed for it alone: it is cheaper to read them as they are. */
function isRowTimesRows(step: Step, { rows, right }: DotShape): boolean {
  return countOf(rows) === 1 && right.access.tensor.space !== Space.Weights && runsAlongRows(bodyLoops(step))
}

/** Taps are copied once for all panels, which takes longer than walking over short ones for a few. */
const paysForPanels = ({ run }: LeftWalk, { columns }: DotShape): boolean =>
  Math.ceil(countOf(columns) / PANEL) > 2 * run

/** Stages that compute a Dot of float32 as matrix products; `undefined` if it has no such form. */
export function gemmStages(step: Step, threads: number): Stage[] | undefined {
  const shape = dotShape(step)
  if (!shape || isTiny(shape) || isRowTimesRows(step, shape)) return undefined
  const walk = leftWalk(shape)
  if (!walk) return undefined
  const near = broughtNear(shape, walk)
  const packed = packedOf(shape, countOf(shape.terms), 4)
  const right = packedRight(shape, packed)
  const plan: ProductPlan = {
    kind: GEMM_F32,
    step,
    shape,
    walk,
    gathers: gathersTaps(walk, 4) && paysForPanels(walk, shape),
    left: ({ addressOf }) => addressOf(near.tensor),
    leftWidth: 4,
    right: right.address,
    rightSigned: false,
    packed,
    zeros: () => 0,
    tiles: tilesOf(countsOf(shape), isDirect(step), threads),
  }
  const temporaries = [...near.temporaries, ...right.temporaries]
  return [...near.stages, ...right.stages, productStage(plan, near.reads, temporaries, right.prepared)]
}

/** The stage that multiplies and finishes the elements. */
export function productStage(
  plan: ProductPlan,
  reads: readonly Tensor[],
  temporaries: readonly Buffer[],
  prepared: readonly Prepared[],
): Stage {
  return {
    reads: [...reads, ...epilogueReads(plan.step)],
    prepared,
    output: plan.step.output,
    temporaries,
    write: (writing) => writeProduct(writing, plan),
  }
}

/** Moves elements to a temporary tensor. Its buffer must stay until the stages that read it are done. */
function temporaryStages(step: Step): { stages: Stage[]; temporaries: Buffer[] } {
  const temporaries = [(step.output as Temporary).buffer]
  const stages = (copyStages(step) ?? [elementsStage(step)]).map(({ reads, write }) => ({
    reads,
    temporaries,
    write,
  }))
  return { stages, temporaries }
}

/** The tensor that a walk goes over, with the stage that makes it if it is not that of the step. */
export function broughtNear({ left }: DotShape, { transposition }: LeftWalk) {
  const { tensor } = left.access
  if (!transposition) return { tensor, stages: [], temporaries: [], reads: [tensor] }
  const step = transposing(tensor, transposition)
  return { tensor: step.output, ...temporaryStages(step), reads: [] }
}

/** A right operand in panels: packed once if it is constant, else in every run. */
function packedRight(shape: DotShape, packed: Packed) {
  const { tensor } = shape.right.access
  const size = packed.bytes * countOf(packed.groups)
  if (tensor.space === Space.Weights) {
    const prepared: Prepared = {
      key: packingKey(shape, packed),
      tensors: [tensor],
      size,
      fill: ([data], target) => packFloats(shape, packed, data, target),
    }
    const address: ProductPlan["right"] = ({ preparedAt }) => preparedAt(prepared.key)
    return { address, prepared: [prepared], stages: [], temporaries: [] }
  }
  const buffer = new Buffer(size)
  const address = (): number => buffer.address
  return { address, prepared: [], stages: packingStages(shape, packed, buffer), temporaries: [buffer] }
}

/** Stages that pack a right operand in every run. */
export function packingStages(shape: DotShape, packed: Packed, buffer: Buffer): Stage[] {
  if (termStride(shape) !== undefined) return [packStage(shape, packed, buffer)]
  const { step, shape: straight } = straightened(shape)
  const { stages, temporaries } = temporaryStages(step)
  const groups = straight.groups.filter(({ right }) => right !== 0)
  const stage = packStage(straight, { ...packed, groups }, buffer)
  return [...stages, { ...stage, temporaries: [...stage.temporaries, ...temporaries] }]
}
