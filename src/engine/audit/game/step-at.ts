import { type Program, leavesOf } from "../../program/program.ts"
import type { HiddenSpace } from "./question.ts"

/** Number of the step that makes the chunk of a leaf; undefined where nothing is to be, behind the last tensor. */
export function stepAt(
  { steps }: Pick<Program, "steps">,
  space: HiddenSpace,
  leaf: number,
): number | undefined {
  const step = steps.findIndex(({ output }) => {
    const chunk = leaf - output.firstLeaf
    return output.space === space && chunk >= 0 && chunk < leavesOf(output)
  })
  return step === -1 ? undefined : step
}
