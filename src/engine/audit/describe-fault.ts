import { type ElementType, Space, widthOf } from "../../protocol/program.ts"
import { valuesOf } from "../executor.ts"
import type { Program } from "../program/program.ts"
import type { FaultyElement } from "./find-fault.ts"

/** A wrong element as data: values as numbers and as the bits that the contract compares. */
export function describeFault(program: Program, { step, element, claimed, correct }: FaultyElement) {
  const { space, type } = program.steps[step].output
  const tensor = space === Space.Output ? "output" : "trace"
  return { step, element, tensor, claimed: describeBits(type, claimed), correct: describeBits(type, correct) }
}

/** The same in one line. */
export function faultLine({ step, element, claimed, correct }: ReturnType<typeof describeFault>): string {
  const show = ({ value, bits }: ReturnType<typeof describeBits>) => `${value} (${bits})`
  return `step ${step}, element ${element}: claimed ${show(claimed)}, right is ${show(correct)}`
}

/** An element by its bytes as one integer: the number, and the bits. */
export function describeBits(type: ElementType, element: bigint) {
  const width = widthOf(type)
  const bytes = Uint8Array.from({ length: width }, (_, i) => Number((element >> BigInt(8 * i)) & 0xffn))
  // JSON has no NaN and no infinity, so the number is text.
  const [value] = valuesOf(type, bytes)
  return { value: String(value), bits: `0x${element.toString(16).padStart(2 * width, "0")}` }
}
