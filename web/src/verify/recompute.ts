import { describeFault } from "../../../src/engine/audit/describe-fault.ts"
import { type ShownProof, shownIn } from "../../../src/engine/audit/evidence.ts"
import { explain } from "../../../src/engine/audit/explain.ts"
import { elementOf } from "../../../src/engine/audit/find-fault.ts"
import { chunkOf } from "../../../src/engine/audit/reads.ts"
import { Execution } from "../../../src/engine/executor.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import type { Program } from "../../../src/engine/program/program.ts"
import { evaluate } from "../../../src/engine/reference/evaluate.ts"
import { tensorsOf } from "../../../src/engine/trace/commitment.ts"
import { type Step, Space, widthOf } from "../../../src/protocol/program.ts"
import { CHUNK_BYTES } from "../../../src/protocol/tensor-tree.ts"
import { requireModelOf } from "../../../src/sdk/verify.ts"
import type { Wrong } from "./examined.ts"
import type { Tasks } from "./tasks.ts"

/**
 * Computes the number of a conviction again, out of nothing but what the transaction shows and the model.
 *
 * @throws OnusError `ModelMismatch` when the file is of another model than the receipt.
 */
export function recompute({ evidence, model, modelId }: Tasks["recompute"]["asked"]): Wrong | undefined {
  const shown = shownIn(evidence)
  if (!shown) return undefined
  const program = lower(loadOnnx(model))
  requireModelOf({ modelId }, program)
  const step = program.steps[shown.step]
  const run = partOf(program, step, shown)
  const opened = shown.openings.map(({ operand, chunk, data }) => ({
    operand,
    first: chunk,
    end: chunk + Math.ceil(data.length / CHUNK_BYTES),
  }))
  let isWhole = true
  const correct = evaluate(
    step,
    shown.element,
    (tensor) => run.bytes(tensor),
    (operand, position) => {
      const chunk = chunkOf(step.operands[operand].tensor, position)
      isWhole &&= opened.some((one) => one.operand === operand && one.first <= chunk && chunk < one.end)
    },
  )
  if (!isWhole) return undefined
  const claimed = elementOf(run, step.output, shown.element)
  const fault = { step: shown.step, element: shown.element, claimed, correct }
  return { fault: describeFault(program, fault), explanation: explain(run, shown.step, shown.element) }
}

/** A run of which only what was shown is filled in. */
function partOf(program: Program, step: Step, { output, openings, element }: ShownProof): Execution {
  const empty = (space: Space) => {
    const tensors: Uint8Array[] = []
    for (const { id, length, type } of tensorsOf(program, space))
      tensors[id] = new Uint8Array(length * widthOf(type))
    return tensors
  }
  const run = new Execution(program, {
    [Space.Input]: empty(Space.Input),
    [Space.Weights]: program.constants.map(({ data }) => data),
    [Space.Trace]: empty(Space.Trace),
    [Space.Output]: empty(Space.Output),
  })
  run.bytes(step.output).set(output, chunkOf(step.output, element) * CHUNK_BYTES)
  for (const { operand, chunk, data } of openings) {
    const { tensor } = step.operands[operand]
    if (tensor.space !== Space.Weights) run.bytes(tensor).set(data, chunk * CHUNK_BYTES)
  }
  return run
}
