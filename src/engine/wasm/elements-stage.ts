import { type Step, type Tensor, bodyOperands } from "../../protocol/program.ts"
import { writeElementsPlan } from "./elements-plan.ts"
import { loadedOperands } from "./epilogue.ts"
import type { Stage } from "./stage.ts"

/** Tensors that the epilogue of a step reads. */
export const epilogueReads = (step: Step): Tensor[] => readBy(step, loadedOperands(step))

/** Tensors behind operands and their lookups. */
export function readBy(step: Step, operands: readonly number[]): Tensor[] {
  return operands.flatMap((operand) => {
    const { tensor, lookups } = step.operands[operand]
    return [tensor, ...lookups.map((lookup) => step.operands[lookup.operand].tensor)]
  })
}

/** Computes any step element by element. */
export function elementsStage(step: Step): Stage {
  const body = Array.from({ length: bodyOperands(step) }, (_, i) => i)
  return {
    reads: [...readBy(step, body), ...epilogueReads(step)],
    output: step.output,
    temporaries: [],
    write: (writing) => writeElementsPlan(writing, step),
  }
}
