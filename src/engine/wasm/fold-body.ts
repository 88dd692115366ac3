import { ElementType, Op } from "../../protocol/program.ts"
import { type MakeBody, accumulatorLanes, rowsIn, writeSources, writeTerms } from "./body-plan.ts"
import * as codes from "./codes.ts"
import { isLong, laneBits } from "./lane-graph.ts"
import { bodyLoops, runsAlongRows } from "./operand.ts"
import { rowsBody } from "./rows-body.ts"
import { windowsBody } from "./windows-body.ts"

const OPERATIONS: Partial<Record<number, number>> = {
  [Op.Add]: codes.FOLD_ADD,
  [Op.Mul]: codes.FOLD_MUL,
  [Op.Min]: codes.FOLD_MIN,
  [Op.Max]: codes.FOLD_MAX,
}

const LOWEST: Readonly<Record<ElementType, bigint>> = [0xff800000n, 0x80n, 0n, 0x80000000n, 1n << 63n, 0n]
const HIGHEST: Readonly<Record<ElementType, bigint>> = [
  0x7f800000n,
  0x7fn,
  0xffn,
  0x7fffffffn,
  (1n << 63n) - 1n,
  1n,
]

/** The bits of the lane that a fold starts from. */
function startOf(mode: number, type: ElementType): bigint {
  if (mode === Op.Max) return LOWEST[type]
  if (mode === Op.Min) return HIGHEST[type]
  if (mode === Op.Add) return 0n
  return type === ElementType.Float32 ? 0x3f800000n : 1n
}

/** Folds term by term over lanes of elements, along rows of terms, or over windows. */
export const foldBody: MakeBody = (writing, step) => {
  const loops = bodyLoops(step)
  const { type } = step.operands[0].tensor
  const mode = accumulatorLanes(type) * 4 + OPERATIONS[step.mode]!
  const start = laneBits(type, startOf(step.mode, type))
  if (runsAlongRows(loops)) {
    return rowsBody(writing, step, loops, { kind: codes.FOLD_ROWS, mode, start })
  }
  const windows = windowsBody(writing, loops, { mode, start })
  if (windows) return windows
  const sources = writeSources(writing, loops)
  const terms = writeTerms(writing, step, loops)
  return {
    bytesPerLane: isLong(type) ? 16 : 8,
    work: terms.terms,
    rows: rowsIn(loops),
    fields: (block) => ({
      kind: codes.FOLD,
      mode,
      sources,
      ...terms,
      spare: writing.scratch.reserve(block * (isLong(type) ? 8 : 4)),
      start,
    }),
  }
}
