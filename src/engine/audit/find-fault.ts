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
  const { program } = run
  const own = await executor.run(program, inputsOf(run))
  for (const [number, step] of program.steps.entries()) {
    const claimed = run.bytes(step.output)
    const expected = own.bytes(step.output)
    const differing = claimed.findIndex((byte, i) => byte !== expected[i])
    if (differing === -1) continue
    const element = Math.floor(differing / widthOf(step.output.type))
    const correct = evaluate(step, element, (tensor) => run.bytes(tensor))
    if (correct === elementOf(run, step.output, element)) {
      throw new Error(`${executor.name} and the reference disagree on element ${element} of step ${number}`)
    }
    return { step: number, element, claimed: elementOf(run, step.output, element), correct }
  }
  return undefined
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
