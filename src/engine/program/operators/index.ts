import type { Lowering } from "../node.ts"
import { ELEMENTWISE } from "./elementwise/index.ts"
import { MOVEMENT } from "./movement/index.ts"
import { NETWORK } from "./network/index.ts"
import { SEQUENCE } from "./sequence/index.ts"

/** How each ONNX operator is lowered. */
export const OPERATORS: Readonly<Record<string, Lowering>> = {
  ...ELEMENTWISE,
  ...MOVEMENT,
  ...NETWORK,
  ...SEQUENCE,
}
