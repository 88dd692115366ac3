import { ElementType } from "../../../../protocol/program.ts"
import type { NodeContext } from "../../node.ts"
import { reshape } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { product } from "./matmul.ts"
import { bytesInput, requantized, zeroPoint } from "./quantized.ts"

/** MatMulInteger: the product of int8 or uint8 values less their zero points, as int32. */
export function lowerMatMulInteger(node: NodeContext): Value[] {
  const [a, b] = [bytesInput(node, 0), bytesInput(node, 1)]
  return [product(node, a, b, [byRow(node, zeroPoint(node, 2, a)), zeroPoint(node, 3, b)])]
}

/** QLinearMatMul: MatMulInteger with the sums brought to the scale and the zero point of the result. */
export function lowerQLinearMatMul(node: NodeContext): Value[] {
  const [a, b] = [bytesInput(node, 0), bytesInput(node, 3)]
  const scale = (index: number) => node.requireType(index, ElementType.Float32)
  const sums = product(node, a, b, [byRow(node, zeroPoint(node, 2, a)), zeroPoint(node, 5, b)])
  return [requantized(node, sums, [byRow(node, scale(1)), scale(4), scale(6)], node.input(7))]
}

/** What is given for each row, as a column; a single number stays one. */
function byRow({ builder }: NodeContext, value: Value): Value {
  const { shape } = value
  return shape.length === 1 ? reshape(builder, value, shape[0] === 1 ? [] : [shape[0], 1]) : value
}
