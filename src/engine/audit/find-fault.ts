import { OnusError } from "../../protocol/errors.ts"
import { type Tensor, widthOf } from "../../protocol/program.ts"
import { type Execution, type Executor, type Inputs, valuesOf } from "../executor.ts"
import { evaluate } from "../reference/evaluate.ts"

/** One element that does not follow from its operands. Values are its bytes as one integer, the first one lowest. */
export interface FaultyElement {
  readonly step: number
  readonly element: number
  readonly claimed: bigint
  readonly correct: bigint
}

/**
 * Re-executes a run from its inputs and finds the first element, in execution order, that differs.
 *
 * Everything before it agrees, its operands among it, so the element contradicts the run's own
 * trace; the definition of the step confirms that before anybody accuses.
 *
 * @returns `undefined` when every element of the run is right.
 */
export async function findFault(run: Execution, executor: Executor): Promise<FaultyElement | undefined> {
  return firstFault(run, await executor.run(run.program, inputsOf(run)))
}

/**
 * As {@link findFault}, beside a run of one's own from the same inputs.
 *
 * @throws OnusError `ExecutorsDisagree` if the definition of the step does not say the same as one's own run: then nobody is to be
 * accused by it.
 */
export function firstFault(run: Execution, own: Execution): FaultyElement | undefined {
  for (const [number, step] of run.program.steps.entries()) {
    const [claimedBytes, ownBytes] = [run.bytes(step.output), own.bytes(step.output)]
    const differing = firstDifference(claimedBytes, ownBytes)
    if (differing === -1) continue
    const element = Math.floor(differing / widthOf(step.output.type))
    const claimed = elementOf(run, step.output, element)
    const correct = evaluate(step, element, (tensor) => run.bytes(tensor))
    if (correct !== claimed && correct === elementOf(own, step.output, element))
      return { step: number, element, claimed, correct }
    const message = `The own run and the definition disagree on element ${element} of step ${number}`
    throw new OnusError("ExecutorsDisagree", message, {
      hint: "Do not accuse anybody with this machine; report the model and the input",
    })
  }
  return undefined
}

/** Where bytes differ first; -1 if they do not. */
function firstDifference(left: Uint8Array, right: Uint8Array): number {
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return at
  return -1
}

/** The bytes of one element as an integer, the first one lowest. */
export function elementOf(run: Execution, tensor: Tensor, element: number): bigint {
  const width = widthOf(tensor.type)
  const bytes = run.bytes(tensor).subarray(element * width, (element + 1) * width)
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

/** The inputs of a run by name. */
export function inputsOf(run: Execution): Inputs {
  return Object.fromEntries(
    run.program.inputs.map(({ name, tensor }) => [name, valuesOf(tensor.type, run.bytes(tensor))]),
  )
}
