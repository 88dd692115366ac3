import type { Step } from "../../protocol/program.ts"
import { runStep } from "../reference/evaluate.ts"
import type { Constant } from "./program.ts"

/** Computes a step of which every operand is a constant: by its definition, so that folding changes no bit. */
export function evaluateConstant(step: Step, constants: readonly Constant[]): Uint8Array {
  const bytes = new Map(constants.map(({ tensor, data }) => [tensor.id, data]))
  return runStep(step, (tensor) => bytes.get(tensor.id)!)
}
