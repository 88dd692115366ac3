import { readFileSync } from "node:fs"
import type { ElementType, Op } from "../../src/protocol/program.ts"

/** One scalar operation. Operands and results are bits in hexadecimal: the bytes, the first one lowest. */
export interface ScalarVector {
  readonly op: keyof typeof Op
  /** The type of the instruction: that of the result, but for Eq and Lt that of the operands. */
  readonly type: keyof typeof ElementType
  /** The type of the operand, where it is another one. */
  readonly from?: keyof typeof ElementType
  readonly operands: readonly string[]
  readonly result: string
}

/** Written by `scripts/vectors/scalars.ts`. */
export const VECTORS = JSON.parse(
  readFileSync(new URL("../vectors/scalars.json", import.meta.url), "utf8"),
) as readonly ScalarVector[]
