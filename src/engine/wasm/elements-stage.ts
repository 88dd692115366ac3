import { type Step, type Tensor, bodyOperands } from "../../protocol/program.ts"
import { LOAD } from "./codes.ts"
import { writeElementsPlan } from "./elements-plan.ts"
import { laneOperations } from "./epilogue.ts"
import type { Buffer } from "./buffer.ts"
import type { Stage } from "./stage.ts"
import type { Temporary } from "./temporary.ts"

/** Tensors that the epilogue of a step reads. */
export function epilogueReads(step: Step): Tensor[] {
  const loads = laneOperations(step).filter(({ code }) => code === LOAD)
  return readBy(
    step,
    loads.map(({ operand }) => operand),
  )
}

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

/** Computes a step whose output is temporary. The buffer must stay until the stages that read it are done. */
export function temporaryStage(step: Step): { stages: Stage[]; temporaries: Buffer[] } {
  const temporaries = [(step.output as Temporary).buffer]
  const { reads, write } = elementsStage(step)
  return { stages: [{ reads, temporaries, write }], temporaries }
}
