import { OnusError } from "../../protocol/errors.ts"
import { Space } from "../../protocol/program.ts"
import { Execution, type Executor, type Inputs } from "../executor.ts"
import type { Program } from "../program/program.ts"
import { evaluate } from "./evaluate.ts"

/** Called with every step's result before the next step reads it. */
export type OnStep = (step: number, output: Uint32Array) => void

/** Runs a program element by element: slow, and the definition of the right answer. */
export function interpret(program: Program, inputs: Inputs, onStep?: OnStep): Execution {
  const execution = new Execution(program, {
    [Space.Input]: inputBits(program, inputs),
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

function inputBits(program: Program, inputs: Inputs): Uint32Array[] {
  const names = program.inputs.map((port) => port.name)
  const extra = Object.keys(inputs).find((name) => !names.includes(name))
  if (extra !== undefined) {
    throw new OnusError("InputUnknown", `The model has no input "${extra}"; it has ${names.join(", ")}`)
  }
  return program.inputs.map(({ name, shape, tensor }) => {
    const values = Object.hasOwn(inputs, name) ? inputs[name] : undefined
    if (!values) throw new OnusError("InputMissing", `The input "${name}" of shape [${shape}] is missing`)
    if (values.length !== tensor.length) {
      const message = `The input "${name}" has ${values.length} values; its shape [${shape}] holds ${tensor.length}`
      throw new OnusError("InputShapeMismatch", message)
    }
    // Copied as bits: a NaN payload would not survive being copied as numbers.
    return new Uint32Array(values.buffer, values.byteOffset, values.length).slice()
  })
}

function outputBits(program: Program): Uint32Array[] {
  const tensors = program.steps.map((step) => step.output).filter((tensor) => tensor.space === Space.Output)
  return tensors.map(({ length }) => new Uint32Array(length))
}

/** Little-endian words. */
export function wordsOf(data: Uint8Array): Uint32Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  return Uint32Array.from({ length: data.byteLength / 4 }, (_, i) => view.getUint32(i * 4, true))
}
