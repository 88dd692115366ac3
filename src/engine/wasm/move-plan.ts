import { type Step, widthOf } from "../../protocol/program.ts"
import * as codes from "./codes.ts"
import { bodyLoops } from "./operand.ts"
import { type Writing, moveKindOf, writeSource } from "./source.ts"
import { writePlan } from "./step-plan.ts"
import { unitsOf } from "./units.ts"

/** Writes the plan of a Read without an epilogue: bytes go to the output as they are. Returns its address. */
export function writeMove(writing: Writing, step: Step): number {
  const { domain, operands } = bodyLoops({ ...step, reduction: [] })
  const { type } = step.output
  const sources = operands.map((operand) =>
    writeSource(writing, operand, domain, domain.length, moveKindOf(type)),
  )
  const gaps = operands.every(({ affine, lookups }) => affine.guards.length + lookups.length > 0)
  return writePlan(writing, {
    ...unitsOf(step.output.length, sources.length),
    kind: codes.MOVE,
    output: writing.addressOf(step.output),
    store: widthOf(type),
    mode: sources.length,
    sources,
    terms: Number(gaps),
  })
}
