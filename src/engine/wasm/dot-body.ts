import { ElementType, widthOf } from "../../protocol/program.ts"
import { type MakeBody, accumulatorLanes, rowsIn, writeSources, writeTerms } from "./body-plan.ts"
import * as codes from "./codes.ts"
import { isLong } from "./lane-graph.ts"
import { bodyLoops, runsAlongRows } from "./operand.ts"
import { rowsBody } from "./rows-body.ts"

/** Sums of products term by term over lanes of elements, whatever the operands are, or along rows of terms. */
export const dotBody: MakeBody = (writing, step) => {
  const loops = bodyLoops(step)
  if (step.operands[0].tensor.type === ElementType.Float32 && runsAlongRows(loops)) {
    return rowsBody(writing, step, loops, { kind: codes.DOT_ROWS, mode: 0, start: 0n })
  }
  const sources = writeSources(writing, loops)
  const { type } = step.operands[0].tensor
  const bytes = widthOf(type) === 1
  const laneBytes = isLong(type) ? 8 : 4
  const terms = writeTerms(writing, step, loops)
  return {
    bytesPerLane: laneBytes * 3,
    work: terms.terms * 2,
    rows: rowsIn(loops),
    fields: (block) => ({
      kind: bytes ? codes.DOT_BYTES : codes.DOT,
      mode: accumulatorLanes(type),
      sources,
      ...terms,
      // Zero points lie behind the lanes that they are subtracted from.
      spare: writing.scratch.reserve(block * laneBytes * (bytes ? 2 : 1)),
      other: writing.scratch.reserve(block * laneBytes * (bytes ? 2 : 1)),
    }),
  }
}
