import { Space, widthOf } from "../../protocol/program.ts"
import { Execution, type Executor, type Inputs, bindInputs } from "../executor.ts"
import type { Program } from "../program/program.ts"
import { runStep } from "./evaluate.ts"

/** Called with every step's result before the next step reads it. */
export type OnStep = (step: number, output: Uint8Array) => void

/** Runs a program element by element: slow, and the definition of the right answer. */
export function interpret(program: Program, inputs: Inputs, onStep?: OnStep): Execution {
  const tensors: Record<Space, Uint8Array[]> = {
    [Space.Input]: bindInputs(program, inputs),
    [Space.Weights]: program.constants.map(({ data }) => data),
    [Space.Trace]: [],
    [Space.Output]: [],
  }
  // Outputs without elements have no step.
  for (const { tensor } of program.outputs) {
    tensors[Space.Output][tensor.id] = new Uint8Array(tensor.length * widthOf(tensor.type))
  }
  const execution = new Execution(program, tensors)
  program.steps.forEach((step, number) => {
    const output = runStep(step, (tensor) => execution.bytes(tensor))
    tensors[step.output.space][step.output.id] = output
    onStep?.(number, output)
  })
  return execution
}

/** The interpreter as an {@link Executor}. */
export const interpreter: Executor = {
  name: "reference interpreter",
  run: (program, inputs) => Promise.resolve().then(() => interpret(program, inputs)),
}
