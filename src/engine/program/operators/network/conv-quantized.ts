import { ElementType } from "../../../../protocol/program.ts"
import type { NodeContext } from "../../node.ts"
import type { Value } from "../../value.ts"
import { addBias, convolve } from "./conv.ts"
import { bytesInput, perAxis, requantized, zeroPoint } from "./quantized.ts"

/** ConvInteger: Conv of int8 or uint8 values less their zero points, as int32. Padding is the zero point. */
export function lowerConvInteger(node: NodeContext): Value[] {
  const [x, w] = [bytesInput(node, 0), bytesInput(node, 1)]
  return [sums(node, x, w, zeroPoint(node, 2, x), zeroPoint(node, 3, w))]
}

/** QLinearConv: ConvInteger plus an int32 bias, brought to the scale and the zero point of the result. */
export function lowerQLinearConv(node: NodeContext): Value[] {
  const [x, w] = [bytesInput(node, 0), bytesInput(node, 3)]
  const scale = (index: number) => node.requireType(index, ElementType.Float32)
  const products = sums(node, x, w, zeroPoint(node, 2, x), zeroPoint(node, 5, w))
  const total = node.optional(8) ? addBias(node, products, node.requireType(8, ElementType.Int32)) : products
  const [channels, ...positions] = total.shape.slice(1)
  const weightScale = perAxis(node, scale(4), channels, positions.length)
  return [requantized(node, total, [scale(1), weightScale, scale(6)], node.input(7))]
}

function sums(node: NodeContext, x: Value, w: Value, xZero: Value, wZero: Value): Value {
  return convolve(node, x, w, [perAxis(node, xZero, 1, 0), perAxis(node, wZero, w.shape[0], 0)])
}
