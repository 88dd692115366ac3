import type { Lowering } from "../../node.ts"
import { erf } from "../../scalar/erf.ts"
import { acosh, asinh, atanh, cosh, sinh } from "../../scalar/hyperbolic.ts"
import { log } from "../../scalar/log.ts"
import { sigmoid } from "../../scalar/sigmoid.ts"
import { mish, softplus } from "../../scalar/softplus.ts"
import { tanh } from "../../scalar/tanh.ts"
import { acos, asin, atan, cos, sin, tan } from "../../scalar/trigonometry.ts"
import { hardSwish, relu, softsign } from "../../scalar/activation.ts"
import { unary } from "./pointwise.ts"
import { FLOAT, SIGNED } from "./types.ts"

/** Functions of one number without attributes. */
export const FUNCTIONS: Readonly<Record<string, Lowering>> = {
  Acos: unary(FLOAT, acos),
  Acosh: unary(FLOAT, acosh),
  Asin: unary(FLOAT, asin),
  Asinh: unary(FLOAT, asinh),
  Atan: unary(FLOAT, atan),
  Atanh: unary(FLOAT, atanh),
  Cos: unary(FLOAT, cos),
  Cosh: unary(FLOAT, cosh),
  Erf: unary(FLOAT, erf),
  Exp: unary(FLOAT, (e, x) => e.exp(x)),
  HardSwish: unary(FLOAT, hardSwish),
  Log: unary(FLOAT, log),
  Mish: unary(FLOAT, mish),
  Relu: unary(SIGNED, relu),
  Sigmoid: unary(FLOAT, sigmoid),
  Sin: unary(FLOAT, sin),
  Sinh: unary(FLOAT, sinh),
  Softplus: unary(FLOAT, softplus),
  Softsign: unary(FLOAT, softsign),
  Tan: unary(FLOAT, tan),
  Tanh: unary(FLOAT, tanh),
}
