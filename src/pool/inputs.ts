import { hexlify } from "ethers"
import { widthOf } from "../protocol/program.ts"
import { TreeBuilder } from "../protocol/tree-builder.ts"
import { type Program, totalLeaves } from "../engine/program/program.ts"

/** Bytes of all inputs of a program. */
export const inputLength = ({ inputs }: Pick<Program, "inputs">): number =>
  inputs.reduce((bytes, { tensor }) => bytes + tensor.length * widthOf(tensor.type), 0)

/** The root of the input tree, from concatenated bytes. */
export function inputRootOf({ inputs }: Pick<Program, "inputs">, bytes: Uint8Array): string {
  const builder = new TreeBuilder(totalLeaves(inputs.map(({ tensor }) => tensor)))
  let at = 0
  for (const { tensor } of inputs) {
    const end = at + tensor.length * widthOf(tensor.type)
    builder.addTensor(tensor, bytes.subarray(at, (at = end)))
  }
  return hexlify(builder.finish().root)
}
