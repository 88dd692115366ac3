import { ElementType } from "../../../../protocol/program.ts"
import { TYPE_NAMES } from "../../../executor.ts"
import type { Lowering } from "../../node.ts"
import { binary, pointwise, unary } from "./pointwise.ts"
import { ALL, BOOL, FLOAT, NUMBERS } from "./types.ts"

const lowerIsInf: Lowering = (node) => {
  const positive = node.int("detect_positive", 1) !== 0
  const negative = node.int("detect_negative", 1) !== 0
  return pointwise(node, 1, FLOAT, (e, x) => e.isInf(x, positive, negative))
}

/** Where: one of two values of any type, by a condition. */
const lowerWhere: Lowering = (node) => {
  const condition = node.requireType(0, ElementType.Bool)
  const [a, b] = [node.requireType(1, ...ALL), node.requireType(2, ...ALL)]
  if (a.type !== b.type) node.fail(`the choices are ${TYPE_NAMES[a.type]} and ${TYPE_NAMES[b.type]}`)
  return [node.builder.map([condition, a, b], (e, [c, x, y]) => e.select(c, x, y))]
}

/** What gives or takes truth values. */
export const COMPARISONS: Readonly<Record<string, Lowering>> = {
  And: binary(BOOL, (e, a, b) => e.and(a, b)),
  Equal: binary(ALL, (e, a, b) => e.eq(a, b)),
  Greater: binary(NUMBERS, (e, a, b) => e.gt(a, b)),
  GreaterOrEqual: binary(NUMBERS, (e, a, b) => e.ge(a, b)),
  IsInf: lowerIsInf,
  IsNaN: unary(FLOAT, (e, x) => e.isNaN(x)),
  Less: binary(NUMBERS, (e, a, b) => e.lt(a, b)),
  LessOrEqual: binary(NUMBERS, (e, a, b) => e.le(a, b)),
  Not: unary(BOOL, (e, x) => e.not(x)),
  Or: binary(BOOL, (e, a, b) => e.or(a, b)),
  Where: lowerWhere,
  Xor: binary(BOOL, (e, a, b) => e.xor(a, b)),
}
