import type { Execution, Inputs } from "../../src/engine/executor.ts"
import type { Program } from "../../src/engine/program/program.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { digitOf } from "./questions.ts"

/** A run in which one inner element was falsified and everything after it follows from the lie. */
export interface Lie {
  readonly run: Execution
  readonly step: number
  readonly element: number
}

/** The hidden dense layer of the digit reader: each of its numbers weighs in on every digit. */
const LYING_STEP = 4
/** Exponent bits: one of them flipped multiplies or divides the number by 16, 256 or 65,536. */
const FLIPS = [1 << 25, 1 << 26, 1 << 27]

/** Looks for a single flipped bit in the hidden layer that changes the answer. */
export function tellLie(program: Program, inputs: Inputs): Lie {
  const honest = answerOf(interpret(program, inputs))
  const elements = program.steps[LYING_STEP].output.length
  for (const flip of FLIPS) {
    for (let element = 0; element < elements; element++) {
      const run = falsify(program, inputs, LYING_STEP, element, flip)
      const told = answerOf(run)
      if (told !== undefined && told !== honest) return { run, step: LYING_STEP, element }
    }
  }
  throw new Error("no single bit of the hidden layer changes this answer")
}

/** A run that flips bits of one element right after its step and goes on with the result. */
export function falsify(
  program: Program,
  inputs: Inputs,
  step: number,
  element: number,
  flip: number,
): Execution {
  return interpret(program, inputs, (number, output) => {
    if (number !== step) return
    const word = new DataView(output.buffer, output.byteOffset + 4 * element)
    word.setUint32(0, word.getUint32(0, true) ^ flip, true)
  })
}

/** The digit that a run answers; `undefined` if its probabilities are not numbers. */
export function answerOf(run: Execution): number | undefined {
  const [port] = run.program.outputs
  const probabilities = new Float32Array(run.bytes(port.tensor).slice().buffer)
  return probabilities.some(Number.isNaN) ? undefined : digitOf(probabilities)
}
