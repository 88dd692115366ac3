import type { Emitter, Register } from "../../src/engine/program/scalar/emitter.ts"
import { erf, gelu, geluTanh } from "../../src/engine/program/scalar/erf.ts"
import { expm1 } from "../../src/engine/program/scalar/expm1.ts"
import { acosh, asinh, atanh, cosh, sinh } from "../../src/engine/program/scalar/hyperbolic.ts"
import { log, log1p } from "../../src/engine/program/scalar/log.ts"
import { sigmoid, silu } from "../../src/engine/program/scalar/sigmoid.ts"
import { mish, softplus } from "../../src/engine/program/scalar/softplus.ts"
import { tanh } from "../../src/engine/program/scalar/tanh.ts"
import { acos, asin, atan, cos, sin, tan } from "../../src/engine/program/scalar/trigonometry.ts"
import * as exact from "./exact.ts"

/** A function with the range of arguments on which its error is stated. */
export interface Measured {
  readonly name: string
  readonly emit: (e: Emitter, x: Register) => Register
  /** The function in binary64. */
  readonly exactly: (x: number) => number
  readonly low: number
  readonly high: number
  /** The error is below this, in units in the last place of the exact result. */
  readonly bound: number
}

const MAX = 3.4028234663852886e38

function measured(
  name: string,
  emit: Measured["emit"],
  exactly: Measured["exactly"],
  range: readonly [number, number],
  bound: number,
): Measured {
  return { name, emit, exactly, low: range[0], high: range[1], bound }
}

/** The functions of docs/semantics.md 2.7. */
export const FUNCTIONS: readonly Measured[] = [
  measured("sigmoid", sigmoid, exact.sigmoid, [-87, MAX], 2.5),
  measured("silu", silu, exact.silu, [-87, MAX], 2.5),
  measured("tanh", tanh, Math.tanh, [-MAX, MAX], 2.3),
  measured("erf", erf, exact.erf, [-MAX, MAX], 1.7),
  measured("gelu", gelu, exact.gelu, [-2, MAX], 6),
  measured("geluTanh", geluTanh, exact.geluTanh, [-2, MAX], 6.2),
  measured("softplus", softplus, exact.softplus, [-87, MAX], 3.8),
  measured("mish", mish, exact.mish, [-87, MAX], 4.7),
  measured("expm1", expm1, Math.expm1, [-MAX, 88.7], 1.7),
  measured("log", log, Math.log, [2 ** -149, MAX], 0.85),
  measured("log1p", log1p, Math.log1p, [-1, MAX], 1.5),
  measured("sin", sin, Math.sin, [-1000, 1000], 2.5),
  measured("cos", cos, Math.cos, [-1000, 1000], 2.5),
  measured("tan", tan, Math.tan, [-1000, 1000], 4.5),
  measured("asin", asin, Math.asin, [-1, 1], 2.4),
  measured("acos", acos, Math.acos, [-1, 1], 1.3),
  measured("atan", atan, Math.atan, [-MAX, MAX], 2.8),
  measured("sinh", sinh, Math.sinh, [-MAX, MAX], 3.8),
  measured("cosh", cosh, Math.cosh, [-MAX, MAX], 3),
  measured("asinh", asinh, Math.asinh, [-MAX, MAX], 2),
  measured("acosh", acosh, Math.acosh, [1, MAX], 3),
  measured("atanh", atanh, Math.atanh, [-1, 1], 2.4),
]
