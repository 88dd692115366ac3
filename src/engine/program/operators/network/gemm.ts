import { ElementType } from "../../../../protocol/program.ts"
import { broadcast } from "../../builder.ts"
import type { NodeContext } from "../../node.ts"
import type { Emitter, Register } from "../../scalar/emitter.ts"
import { transpose } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { product } from "./matmul.ts"

/** Gemm: `alpha * A * B + beta * C` of float32, int32 or int64 values; `alpha` multiplies the finished sum. */
export function lowerGemm(node: NodeContext): Value[] {
  const [a, b] = [matrix(node, 0, "transA"), matrix(node, 1, "transB")]
  if (a.type !== b.type) node.fail("the operands are of different types")
  const result = product(node, a, b)
  const scaled = times(node, result, factor(node, "alpha", a.type))
  const c = node.optional(2)
  if (!c) return [scaled]
  if (c.type !== a.type) node.fail("C is of another type than A")
  if (String(broadcast([result.shape, c.shape])) !== String(result.shape)) {
    node.fail(`C of shape [${c.shape}] does not broadcast to [${result.shape}]`)
  }
  const addend = times(node, c, factor(node, "beta", a.type))
  return [node.builder.map([scaled, addend], (e, [x, y]) => e.add(x, y))]
}

function matrix(node: NodeContext, index: number, flag: string): Value {
  const value = node.requireType(index, ElementType.Float32, ElementType.Int32, ElementType.Int64)
  if (value.shape.length !== 2) node.fail(`input ${index} has the shape [${value.shape}], not two axes`)
  return node.int(flag, 0) === 0 ? value : transpose(node.builder, value, [1, 0])
}

/** An attribute that is a float even where it multiplies integers. */
function factor(node: NodeContext, name: string, type: ElementType): number {
  const value = node.float(name, 1)
  if (type === ElementType.Float32 || Number.isInteger(value)) return value
  return node.fail(`${name} is ${value}; integers can only be multiplied by an integer`)
}

function times(node: NodeContext, value: Value, factor: number): Value {
  if (factor === 1) return value
  const multiply = (e: Emitter, [x]: Register[]) => e.mul(x, e.number(value.type, factor))
  return node.builder.map([value], multiply)
}
