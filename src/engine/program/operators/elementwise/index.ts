import type { Lowering } from "../../node.ts"
import { ACTIVATIONS } from "./activations.ts"
import { ARITHMETIC } from "./arithmetic.ts"
import { BITWISE } from "./bitwise.ts"
import { lowerCast, lowerCastLike } from "./cast.ts"
import { lowerClip } from "./clip.ts"
import { COMPARISONS } from "./compare.ts"
import { CONSTANTS } from "./constants.ts"
import { lowerDynamicQuantize } from "./dynamic-quantize.ts"
import { FUNCTIONS } from "./functions.ts"
import { lowerDropout, lowerIdentity } from "./identity.ts"
import { lowerPow } from "./pow.ts"
import { QUANTIZATION } from "./quantize.ts"

/** Functions of single elements. */
export const ELEMENTWISE: Readonly<Record<string, Lowering>> = {
  ...ACTIVATIONS,
  ...ARITHMETIC,
  ...BITWISE,
  ...COMPARISONS,
  ...CONSTANTS,
  ...FUNCTIONS,
  ...QUANTIZATION,
  Cast: lowerCast,
  CastLike: lowerCastLike,
  Clip: lowerClip,
  Dropout: lowerDropout,
  DynamicQuantizeLinear: lowerDynamicQuantize,
  Identity: lowerIdentity,
  Pow: lowerPow,
}
