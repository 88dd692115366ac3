import type { Step } from "../../protocol/program.ts"
import { type BodyPlan, product, writeSources, writeTerms } from "./body-plan.ts"
import { type BodyLoops, overDomain } from "./operand.ts"
import type { Writing } from "./source.ts"
import type { PlanFields } from "./step-plan.ts"

/** Rows that are taken at once, each with an address. */
const ROWS = 8

/** The body for terms that are neighbours in memory: see `assembly/rows.ts`. */
export function rowsBody(
  writing: Writing,
  step: Step,
  loops: BodyLoops,
  fields: Pick<PlanFields, "kind" | "mode" | "start">,
): BodyPlan {
  const { reduction, operands } = loops
  const run = reduction[reduction.length - 1]
  const before = loops.domain.length + reduction.length - 1
  const outer = {
    ...loops,
    reduction: reduction.slice(0, -1),
    operands: operands.map((operand) => overDomain(operand, before)),
  }
  return {
    bytesPerLane: 12,
    work: product(reduction),
    rows: [],
    fields: (block) => ({
      ...fields,
      sources: writeSources(writing, outer),
      ...writeTerms(writing, step, outer),
      run: run * 4,
      spare: writing.scratch.reserve((block + ROWS) * 4),
      other: writing.scratch.reserve((block + ROWS) * 4),
    }),
  }
}
