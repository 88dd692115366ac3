import type { FaultyElement } from "../engine/audit/find-fault.ts"
import type { Program } from "../engine/program/program.ts"
import { Space } from "../protocol/program.ts"

/** A wrong element as data: values as numbers and as the bits that the contract compares. */
export function describeFault(program: Program, { step, element, claimed, correct }: FaultyElement) {
  const { space } = program.steps[step].output
  const tensor = space === Space.Output ? "output" : "trace"
  return { step, element, tensor, claimed: describeBits(claimed), correct: describeBits(correct) }
}

/** The same in one line. */
export function faultLine({ step, element, claimed, correct }: ReturnType<typeof describeFault>): string {
  const show = ({ value, bits }: ReturnType<typeof describeBits>) => `${value} (${bits})`
  return `step ${step}, element ${element}: claimed ${show(claimed)}, right is ${show(correct)}`
}

function describeBits(word: number) {
  const value = new Float32Array(Uint32Array.of(word).buffer)[0]
  // JSON has no NaN and no infinity, so the number is text.
  return { value: String(value), bits: `0x${word.toString(16).padStart(8, "0")}` }
}
