import type { Execution, Executor, Inputs } from "../executor.ts"
import { evaluate } from "../reference/evaluate.ts"

/** One element that does not follow from its operands. Values are binary32 bit patterns. */
export interface FaultyElement {
  readonly step: number
  readonly element: number
  readonly claimed: number
  readonly correct: number
}

/**
 * Re-executes a run from its inputs and finds the first element, in execution order, that differs.
 *
 * Everything before it agrees, its operands among it, so the element contradicts the run's own
 * trace; the definition of the step confirms that before anybody accuses.
 *
 * @returns `undefined` when every element of the run is right.
 */
export function findFault(run: Execution, executor: Executor): FaultyElement | undefined {
  const { program } = run
  const own = executor.run(program, inputsOf(run))
  for (const [number, step] of program.steps.entries()) {
    const claimed = run.bits(step.output)
    const expected = own.bits(step.output)
    const element = claimed.findIndex((word, i) => word !== expected[i])
    if (element === -1) continue
    const correct = evaluate(step, element, (tensor) => run.bits(tensor))
    if (correct === claimed[element]) {
      throw new Error(`${executor.name} and the reference disagree on element ${element} of step ${number}`)
    }
    return { step: number, element, claimed: claimed[element], correct }
  }
  return undefined
}

/** The inputs of a run by name. */
export function inputsOf(run: Execution): Inputs {
  return Object.fromEntries(
    run.program.inputs.map(({ name, tensor }) => {
      const bits = run.bits(tensor)
      return [name, new Float32Array(bits.slice().buffer)]
    }),
  )
}
