import { type Tensor, widthOf } from "../../protocol/program.ts"
import type { Buffer } from "./buffer.ts"
import * as codes from "./codes.ts"
import { type DotShape, countOf } from "./dot-shape.ts"
import { PANEL, type Packed, positionsOf, termStride } from "./right-operand.ts"
import type { Writing } from "./source.ts"
import type { Stage } from "./stage.ts"
import { writePlan } from "./step-plan.ts"
import { Temporary } from "./temporary.ts"
import { writeZeroPoints } from "./zero-points.ts"

/** Bytes that a unit packs at the least. */
const UNIT_BYTES = 64 * 1024

/** Packs a right operand, whose terms are the same distance apart, into `buffer`. */
export function packStage(shape: DotShape, packed: Packed, buffer: Buffer): Stage {
  const isFloat = packed.width === 4
  const { tensor } = shape.right.access
  const { base } = shape.right.affine
  const width = widthOf(tensor.type)
  const reads: Tensor[] = tensor instanceof Temporary ? [] : [tensor]
  return {
    reads,
    temporaries: [buffer],
    write(writing) {
      const { image } = writing
      const panels = Math.ceil(packed.columns / PANEL)
      const panelTile = Math.min(panels, Math.ceil(UNIT_BYTES / packed.panelBytes))
      const panelTiles = Math.ceil(panels / panelTile)
      const groups = countOf(packed.groups)
      const [offsets] = positionsOf(shape, packed)
      const words = [
        writing.addressOf(tensor) + base * width,
        (shape.columns[0]?.right ?? 0) * width,
        termStride(shape)! * width,
        packed.columns,
        packed.taps,
        packed.run,
        panelTile,
        panelTiles,
        image.words(Array.from(offsets, (offset) => offset * width)),
        image.words(Array.from(offsets, (_, group) => buffer.address + group * packed.bytes)),
        isFloat ? 0 : zerosOf(writing, shape, packed),
      ]
      return writePlan(writing, {
        kind: isFloat ? codes.PACK_F32 : codes.PACK_I8,
        units: groups * panelTiles,
        alone: groups * packed.bytes < UNIT_BYTES,
        length: 0,
        unit: 0,
        output: 0,
        product: image.words(words),
      })
    },
  }
}

/** Addresses of the zero points of all right operands. */
function zerosOf(writing: Writing, shape: DotShape, { groups, columns }: Packed): number {
  const zeros = writeZeroPoints(writing, shape, groups)
  const count = countOf(groups)
  return writing.image.words(
    Array.from({ length: count }, (_, group) => (zeros === 0 ? 0 : zeros + group * columns * 4)),
  )
}
