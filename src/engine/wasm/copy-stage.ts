import { Body, type Step, widthOf } from "../../protocol/program.ts"
import { type Affine, isPadding, staysInside } from "./affine.ts"
import { type CopyBox, type TiledBox, tiled } from "./boxes.ts"
import { CLEAR, COPY } from "./codes.ts"
import { readBy } from "./elements-stage.ts"
import { operandOf } from "./operand.ts"
import type { Writing } from "./source.ts"
import type { Stage } from "./stage.ts"
import { writePlan } from "./step-plan.ts"
import { rowMajor } from "./temporary.ts"

/** A candidate of a move and the coordinates of the domain where it is read: from the first to before the second. */
interface Part {
  readonly operand: number
  readonly affine: Affine
  readonly ranges: readonly (readonly [number, number])[]
}

/** More parts than this are not compared with each other. */
const MAX_PARTS = 256

/** Stages that move rectangular parts of tensors; `undefined` if a step is not made of such. */
export function copyStages(step: Step): Stage[] | undefined {
  if (step.body !== Body.Read || step.epilogue.length > 0 || step.mode > MAX_PARTS) return undefined
  const parts = partsOf(step)
  if (!parts || parts.some((part, i) => parts.slice(0, i).some((other) => overlap(part, other))))
    return undefined
  const covered = parts.reduce((sum, { ranges }) => sum + count(ranges), 0)
  const reads = readBy(
    step,
    parts.map(({ operand }) => operand),
  )
  const copying: Stage = {
    reads,
    output: step.output,
    temporaries: [],
    write: (writing) => writeCopy(writing, step, parts),
  }
  if (covered === step.output.length) return [copying]
  const clearing: Stage = { reads: [], temporaries: [], write: (writing) => writeClear(writing, step) }
  return [clearing, copying]
}

const count = (ranges: Part["ranges"]): number => ranges.reduce((all, [from, to]) => all * (to - from), 1)

const overlap = (a: Part, b: Part): boolean =>
  a.ranges.every(([from, to], i) => from < b.ranges[i][1] && b.ranges[i][0] < to)

/** Where every candidate is read, if that is a box for each. */
function partsOf(step: Step): Part[] | undefined {
  const parts: Part[] = []
  for (let operand = 0; operand < step.mode; operand++) {
    const { affine, lookups, access } = operandOf(step, operand, step.domain)
    if (lookups.length > 0 || !staysInside(affine, step.domain, access.tensor.length)) return undefined
    if (isPadding(affine)) continue
    const ranges = step.domain.map((size): [number, number] => [0, size])
    for (const { coefficients, offset, size } of affine.guards) {
      const loop = coefficients.findIndex((factor) => factor !== 0)
      if (coefficients.some((factor, i) => factor !== 0 && (i !== loop || factor !== 1))) return undefined
      const [from, to] = ranges[loop]
      ranges[loop] = [Math.max(from, -offset), Math.min(to, size - offset)]
    }
    if (ranges.every(([from, to]) => from < to)) parts.push({ operand, affine, ranges })
  }
  return parts
}

function boxOf({ addressOf }: Writing, step: Step, { operand, affine, ranges }: Part): CopyBox {
  const { tensor } = step.operands[operand]
  const width = widthOf(tensor.type)
  const targets = rowMajor(step.domain)
  const from = (strides: readonly number[]): number =>
    strides.reduce((sum, by, i) => sum + by * ranges[i][0], 0)
  return {
    source: addressOf(tensor) + (affine.base + from(affine.strides)) * width,
    target: addressOf(step.output) + from(targets) * width,
    loops: ranges.map(([first, end], i) => ({
      size: end - first,
      source: affine.strides[i] * width,
      target: targets[i] * width,
    })),
  }
}

/** Bytes below which it does not pay to wake other threads, and those of a unit. */
const SMALL_BYTES = 48 * 1024
const UNIT_BYTES = 128 * 1024

function writeCopy(writing: Writing, step: Step, parts: readonly Part[]): number {
  const { image } = writing
  const width = widthOf(step.output.type)
  const boxes = parts.flatMap((part) => tiled(boxOf(writing, step, part), width))
  let units = 0
  const list = boxes.map((box) => {
    const tiles = box.outer.reduce((all, { size }) => all * size, 1)
    const perUnit = Math.min(tiles, Math.max(1, Math.floor(UNIT_BYTES / tileBytes(box))))
    const address = image.words(boxWords(box, tiles, perUnit, units))
    units += Math.ceil(tiles / perUnit)
    return address
  })
  return writePlan(writing, {
    kind: COPY,
    units,
    alone: step.output.length * width < SMALL_BYTES,
    length: step.output.length,
    unit: 0,
    output: 0,
    mode: list.length,
    sources: list,
  })
}

const tileBytes = ({ inner, other, width }: TiledBox): number => inner.size * other.size * Math.max(width, 1)

function boxWords(box: TiledBox, tiles: number, perUnit: number, firstUnit: number): number[] {
  const { inner, other, outer, width } = box
  const loops = [inner, other].flatMap(({ size, source, target }) => [size, source, target])
  const fields = [box.source, box.target, ...loops, width, tiles, perUnit, firstUnit, outer.length]
  return [...fields, ...outer.flatMap(({ size, source, target }) => [size, source, target])]
}

function writeClear(writing: Writing, step: Step): number {
  const bytes = step.output.length * widthOf(step.output.type)
  return writePlan(writing, {
    kind: CLEAR,
    units: Math.ceil(bytes / UNIT_BYTES),
    alone: bytes < SMALL_BYTES,
    length: bytes,
    unit: UNIT_BYTES,
    output: writing.addressOf(step.output),
  })
}
