import { Space } from "../../protocol/program.ts"
import { Execution, type Executor, type Inputs, bindInputs } from "../executor.ts"
import type { Program } from "../program/program.ts"
import { evaluate } from "./evaluate.ts"

/** Called with every step's result before the next step reads it. */
export type OnStep = (step: number, output: Uint32Array) => void

/** Runs a program element by element: slow, and the definition of the right answer. */
export function interpret(program: Program, inputs: Inputs, onStep?: OnStep): Execution {
  const execution = new Execution(program, {
    [Space.Input]: bindInputs(program, inputs),
    [Space.Weights]: program.constants.map(({ data }) => wordsOf(data)),
    [Space.Trace]: program.traceTensors.map(({ length }) => new Uint32Array(length)),
    [Space.Output]: outputBits(program),
  })
  const bits = execution.bits.bind(execution)
  program.steps.forEach((step, number) => {
    const output = bits(step.output)
    for (let element = 0; element < output.length; element++) output[element] = evaluate(step, element, bits)
    onStep?.(number, output)
  })
  return execution
}

/** The interpreter as an {@link Executor}. */
export const interpreter: Executor = { name: "reference interpreter", run: interpret }

function outputBits(program: Program): Uint32Array[] {
  const tensors = program.steps.map((step) => step.output).filter((tensor) => tensor.space === Space.Output)
  return tensors.map(({ length }) => new Uint32Array(length))
}

/** Little-endian words. */
export function wordsOf(data: Uint8Array): Uint32Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  return Uint32Array.from({ length: data.byteLength / 4 }, (_, i) => view.getUint32(i * 4, true))
}
