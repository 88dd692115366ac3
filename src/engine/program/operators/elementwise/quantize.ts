import { ElementType } from "../../../../protocol/program.ts"
import type { Lowering, NodeContext } from "../../node.ts"
import { dequantize, quantize } from "../../scalar/quantize.ts"
import { TYPE_NAMES } from "../../../executor.ts"
import { spread } from "./granularity.ts"
import { typeOfCode } from "./types.ts"

const { Float32, Int8, Uint8, Int32 } = ElementType

/** QuantizeLinear: saturate(round(x / scale) + zero point); the type is that of the zero point. */
const lowerQuantize: Lowering = (node) => {
  const x = node.requireType(0, Float32, Int32)
  node.requireType(1, Float32)
  requireFloat(node, "precision")
  const code = node.int("output_dtype", 0)
  const declared = code === 0 ? undefined : typeOfCode(node, code)
  const type = node.optional(2) ? node.requireType(2, Int8, Uint8).type : (declared ?? Uint8)
  if (declared !== undefined && declared !== type) {
    node.fail(`output_dtype is ${TYPE_NAMES[declared]}, the zero point ${TYPE_NAMES[type]}`)
  }
  if (type !== Int8 && type !== Uint8) node.fail(`the type ${TYPE_NAMES[type]} is not int8 or uint8`)
  const zero = node.optional(2) ? spread(node, x, 2) : node.builder.fill(type, [], 0n)
  return [
    node.builder.map([x, spread(node, x, 1), zero], (e, [value, scale, offset]) =>
      quantize(e, e.cast(value, Float32), scale, offset),
    ),
  ]
}

/** DequantizeLinear: (x - zero point) * scale, with the difference in int32. */
const lowerDequantize: Lowering = (node) => {
  const x = node.requireType(0, Int8, Uint8, Int32)
  node.requireType(1, Float32)
  requireFloat(node, "output_dtype")
  const parameters = [spread(node, x, 1)]
  if (node.optional(2)) {
    node.requireType(2, x.type)
    parameters.push(spread(node, x, 2))
  }
  return [node.builder.map([x, ...parameters], (e, [q, scale, zero]) => dequantize(e, q, scale, zero))]
}

/** Refuses an attribute that says another type than float32. */
function requireFloat(node: NodeContext, name: string): void {
  const code = node.int(name, 0)
  if (code !== 0 && typeOfCode(node, code) !== Float32) node.fail(`${name} is not float32`)
}

export const QUANTIZATION: Readonly<Record<string, Lowering>> = {
  DequantizeLinear: lowerDequantize,
  QuantizeLinear: lowerQuantize,
}
