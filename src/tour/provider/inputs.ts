import { type Inputs, inputBytes, valuesOf } from "../../engine/executor.ts"
import type { Program } from "../../engine/program/program.ts"
import { widthOf } from "../../protocol/program.ts"

/** The bytes of all inputs in the order of the program, as a request holds them. */
export const inputsInOrder = (program: Pick<Program, "inputs">, inputs: Inputs): Buffer =>
  Buffer.concat(inputBytes(program, inputs))

/** The inputs by name, out of those bytes. */
export function inputsByName({ inputs }: Pick<Program, "inputs">, bytes: Uint8Array): Inputs {
  let at = 0
  return Object.fromEntries(
    inputs.map(({ name, tensor: { type, length } }) => {
      const end = at + length * widthOf(type)
      return [name, valuesOf(type, bytes.subarray(at, (at = end)))]
    }),
  )
}
