import { Body, ElementType, type Step, widthOf } from "../../protocol/program.ts"
import { type MakeBody, rowsIn, writeSources } from "./body-plan.ts"
import { READ } from "./codes.ts"
import { dotBody } from "./dot-body.ts"
import { planEpilogue } from "./epilogue.ts"
import { foldBody } from "./fold-body.ts"
import { bodyType, isLong } from "./lane-graph.ts"
import { writeMove } from "./move-plan.ts"
import { bodyLoops } from "./operand.ts"
import { rankBody } from "./rank-body.ts"
import type { Writing } from "./source.ts"
import { storeOf, writeEpilogue, writePlan } from "./step-plan.ts"
import { unitsOf } from "./units.ts"

const readBody: MakeBody = (writing, step) => {
  const loops = bodyLoops({ ...step, reduction: [] })
  const sources = writeSources(writing, loops)
  return {
    bytesPerLane: widthOf(ElementType.Int64),
    work: sources.length,
    rows: rowsIn(loops),
    fields: () => ({ kind: READ, mode: step.mode, sources }),
  }
}

const BODIES: Readonly<Record<Body, MakeBody>> = {
  [Body.Read]: readBody,
  [Body.Dot]: dotBody,
  [Body.Fold]: foldBody,
  [Body.Rank]: rankBody,
}

/** Writes a plan that computes a step block by block, whatever it is; returns its address. */
export function writeElementsPlan(writing: Writing, step: Step): number {
  if (step.body === Body.Read && step.epilogue.length === 0) return writeMove(writing, step)
  const body = BODIES[step.body](writing, step)
  const epilogue = planEpilogue(step, body.bytesPerLane, body.rows)
  const { scratch } = writing
  const first = scratch.reserve(epilogue.block * (isLong(bodyType(step)) ? 8 : 4))
  const fields = body.fields(epilogue.block)
  return writePlan(writing, {
    ...unitsOf(step.output.length, body.work + epilogue.nodes.length + 1, epilogue.block),
    block: epilogue.block,
    output: writing.addressOf(step.output),
    store: storeOf(step.output),
    epilogue: writeEpilogue(writing, step, epilogue),
    first,
    ...fields,
  })
}
