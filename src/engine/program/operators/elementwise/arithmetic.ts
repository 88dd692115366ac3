import { ElementType } from "../../../../protocol/program.ts"
import type { Lowering } from "../../node.ts"
import { type Make, alike, binary, pointwise, unary } from "./pointwise.ts"
import { FLOAT, NUMBERS, SIGNED } from "./types.ts"

/** Mod: the remainder with the sign of the dividend if `fmod`, with that of the divisor otherwise. */
const lowerMod: Lowering = (node) => {
  const fmod = node.int("fmod", 0)
  if (fmod !== 0 && fmod !== 1) node.fail(`fmod is ${fmod} instead of 0 or 1`)
  if (fmod === 1) return pointwise(node, 2, NUMBERS, (e, a, b) => e.rem(a, b))
  if (node.input(0).type === ElementType.Float32) node.fail("fmod is 0, which is only defined for integers")
  return pointwise(node, 2, NUMBERS, (e, a, b) => e.mod(a, b))
}

/** How many inputs one step takes: all of them are opened when one of its elements is disputed. */
const AT_ONCE = 8

/** An operator of any number of inputs, applied from left to right. */
function variadic(types: Parameters<typeof alike>[1], make: Make): Lowering {
  return (node) => {
    if (node.inputCount === 0) node.fail("it has no input")
    let [result, ...rest] = alike(node, types)
    do {
      const next = [result, ...rest.slice(0, AT_ONCE - 1)]
      result = node.builder.map(next, (e, all) => all.reduce((a, b) => make(e, a, b)))
      rest = rest.slice(AT_ONCE - 1)
    } while (rest.length > 0)
    return [result]
  }
}

const lowerSum = variadic(FLOAT, (e, a, b) => e.add(a, b))

/** Mean: the sum from left to right, divided by the number of inputs. */
const lowerMean: Lowering = (node) => {
  const [sum] = lowerSum(node)
  return [node.builder.map([sum!], (e, [x]) => e.div(x, e.float(node.inputCount)))]
}

/** Arithmetic of numbers; that of integers wraps. */
export const ARITHMETIC: Readonly<Record<string, Lowering>> = {
  Abs: unary(NUMBERS, (e, x) => e.abs(x)),
  Add: binary(NUMBERS, (e, a, b) => e.add(a, b)),
  Ceil: unary(FLOAT, (e, x) => e.ceil(x)),
  Div: binary(NUMBERS, (e, a, b) => e.div(a, b)),
  Floor: unary(FLOAT, (e, x) => e.floor(x)),
  Max: variadic(NUMBERS, (e, a, b) => e.max(a, b)),
  Mean: lowerMean,
  Min: variadic(NUMBERS, (e, a, b) => e.min(a, b)),
  Mod: lowerMod,
  Mul: binary(NUMBERS, (e, a, b) => e.mul(a, b)),
  Neg: unary(SIGNED, (e, x) => e.neg(x)),
  Reciprocal: unary(FLOAT, (e, x) => e.reciprocal(x)),
  Round: unary(FLOAT, (e, x) => e.round(x)),
  Sign: unary(NUMBERS, (e, x) => e.sign(x)),
  Sqrt: unary(FLOAT, (e, x) => e.sqrt(x)),
  Sub: binary(NUMBERS, (e, a, b) => e.sub(a, b)),
  Sum: lowerSum,
}
