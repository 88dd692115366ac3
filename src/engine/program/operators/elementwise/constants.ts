import { ElementType } from "../../../../protocol/program.ts"
import { type Values, bytesOf } from "../../../executor.ts"
import type { OnnxTensor } from "../../../onnx/graph.ts"
import type { Lowering, NodeContext } from "../../node.ts"
import { reshape } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { product } from "../../view.ts"
import { range } from "../movement/pick.ts"
import { typeNamed, typeOfCode } from "./types.ts"

const { Float32, Int64 } = ElementType

/** The attribute that holds a constant of each type of attribute. */
const FORMS: Readonly<Record<string, string>> = {
  tensor: "value",
  float: "value_float",
  floats: "value_floats",
  int: "value_int",
  ints: "value_ints",
}

/** Constant, in every form but strings and sparse tensors. */
const lowerConstant: Lowering = (node) => {
  const { attributes } = node.node
  if (attributes.size !== 1) node.fail(`it has ${attributes.size} attributes instead of one`)
  const [[name, attribute]] = attributes
  if (FORMS[attribute.type] !== name) node.fail(`the attribute ${name} (${attribute.type}) is not supported`)
  const filled = (type: ElementType, shape: readonly number[], values: Values) => [
    node.builder.constant(type, shape, bytesOf(values)),
  ]
  switch (attribute.type) {
    case "float":
      return filled(Float32, [], Float32Array.of(attribute.value))
    case "floats":
      return filled(Float32, [attribute.value.length], Float32Array.from(attribute.value))
    case "int":
      return filled(Int64, [], BigInt64Array.of(attribute.value))
    case "ints":
      return filled(Int64, [attribute.value.length], BigInt64Array.from(attribute.value))
    default: {
      const { elementType, dims, data } = attribute.value as OnnxTensor
      return [node.builder.constant(typeNamed(node, elementType), dims, data)]
    }
  }
}

/** ConstantOfShape: one value, float32 zero if it is not given, in a shape that is known. */
const lowerConstantOfShape: Lowering = (node) => {
  const shape = node.staticInts(0)
  if (node.input(0).type !== Int64 || node.input(0).shape.length !== 1)
    node.fail("the shape is not a list of int64")
  if (shape.some((size) => size < 0)) node.fail(`[${shape}] is not a shape`)
  const value = node.tensor("value")
  if (!value) return [node.builder.fill(Float32, shape, 0n)]
  const type = typeNamed(node, value.elementType)
  if (product(value.dims) !== 1) node.fail(`the value of shape [${value.dims}] is not one element`)
  const bits = value.data.reduceRight((all, byte) => (all << 8n) | BigInt(byte), 0n)
  return [node.builder.fill(type, shape, bits)]
}

/** Shape: the sizes from axis `start` up to, but without, axis `end`. */
const lowerShape: Lowering = (node) => {
  const { shape } = node.input(0)
  // The same clamping as Array.slice: negative axes count from the end.
  return [int64(node, shape.slice(node.int("start", 0), node.int("end", shape.length)))]
}

const lowerSize: Lowering = (node) => {
  const count = BigInt64Array.of(BigInt(product(node.input(0).shape)))
  return [node.builder.constant(Int64, [], bytesOf(count))]
}

const int64 = (node: NodeContext, numbers: readonly number[]): Value =>
  node.builder.constant(Int64, [numbers.length], bytesOf(BigInt64Array.from(numbers, BigInt)))

/** Range: start + i * delta, for every i from 0 on for which it lies before the limit. */
const lowerRange: Lowering = (node) => {
  const types = [Float32, ElementType.Int32, Int64] as const
  const [start, limit, delta] = [0, 1, 2].map((i) => {
    const { type, shape } = node.requireType(i, ...types)
    if (product(shape) !== 1) node.fail(`input ${i} of shape [${shape}] is not one number`)
    if (type !== node.input(0).type) node.fail("its inputs are of different types")
    const [number] = type === Float32 ? node.staticFloats(i) : node.staticInts(i)
    return Math.abs(number) < Number.MAX_SAFE_INTEGER || type === Float32
      ? number
      : node.fail(`input ${i} is ${number}`)
  })
  const count = Math.max(0, Math.ceil((limit - start) / delta))
  if (Number.isNaN(count)) node.fail(`from ${start} to ${limit} by ${delta} there are ${count} numbers`)
  const index = int64(node, range(count))
  const scalars = [0, 2].map((i) => reshape(node.builder, node.input(i), []))
  return [
    node.builder.map([index, ...scalars], (e, [i, from, by]) =>
      e.add(from, e.mul(e.cast(i, e.typeOf(by)), by)),
    ),
  ]
}

/** EyeLike: ones on the diagonal that is `k` above the main one. */
const lowerEyeLike: Lowering = (node) => {
  const { type: own, shape } = node.input(0)
  if (shape.length !== 2) node.fail(`an input of shape [${shape}] is not a matrix`)
  const code = node.int("dtype")
  const type = code === undefined ? own : typeOfCode(node, code)
  const [row, column] = shape.map((size, axis) => {
    const index = int64(node, range(size))
    return axis === 0 ? reshape(node.builder, index, [size, 1]) : index
  })
  const k = BigInt(node.int("k", 0))
  return [
    node.builder.map([row, column], (e, [i, j]) => e.cast(e.eq(e.add(i, e.integer(Int64, k)), j), type)),
  ]
}

/** Values that depend on nothing but attributes and shapes. */
export const CONSTANTS: Readonly<Record<string, Lowering>> = {
  Constant: lowerConstant,
  ConstantOfShape: lowerConstantOfShape,
  EyeLike: lowerEyeLike,
  Range: lowerRange,
  Shape: lowerShape,
  Size: lowerSize,
}
