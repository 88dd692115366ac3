import { type Instruction, Op, Source } from "../../protocol/program.ts"
import type { Builder } from "./builder.ts"

/** `maximum(acc, +0)`. */
export const RELU: Instruction = { op: Op.Max, source: Source.Immediate, value: 0 }

/** What follows a value at once and can be computed in the same step. */
export interface Epilogue {
  /** Name of the value after the epilogue. */
  readonly name: string
  readonly instructions: readonly Instruction[]
}

/**
 * Follows activations that are the only use of a value, so that only their result is committed. The
 * instructions are the ones that the activation would run by itself: fusing changes no bit.
 */
export function fuseActivation(builder: Builder, name: string): Epilogue {
  const user = builder.soleUser(name)
  if (user?.opType === "Relu" && user.domain === "") return { name: user.outputs[0], instructions: [RELU] }
  return { name, instructions: [] }
}
