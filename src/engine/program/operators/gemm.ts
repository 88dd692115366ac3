import { Body, Op, Source, type Access, type Instruction } from "../../../protocol/program.ts"
import { floatAttribute, intAttribute } from "../../onnx/attributes.ts"
import type { OnnxNode } from "../../onnx/graph.ts"
import { fromBits, mul, toBits } from "../../reference/scalar.ts"
import { type Builder, floats, plain, unsupported } from "../builder.ts"
import { fuseActivation } from "../fuse.ts"
import { type Digit, product, rowMajor, shapeOf, viewOf } from "../view.ts"

/**
 * Gemm with constant B: a dot product along K. K is walked in the order in which A lies in memory, and B
 * is packed to [N, K] in that order, so that both operands of one element are one contiguous range.
 */
export function lowerGemm(builder: Builder, node: OnnxNode): void {
  const a = builder.view(node, 0)
  const b = builder.constant(node, 1)
  if (a.axes.length !== 2) throw unsupported(node, `A has the shape [${shapeOf(a)}]; it must have two axes`)
  if (b?.dims.length !== 2) throw unsupported(node, "B is not a constant with two axes")
  const [rows, inner] = intAttribute(node, "transA", 0) ? [a.axes[1], a.axes[0]] : a.axes
  const transposed = intAttribute(node, "transB", 0) !== 0
  const [bInner, columns] = transposed ? [b.dims[1], b.dims[0]] : b.dims
  const depth = product(inner.map((digit) => digit.size))
  if (bInner !== depth) throw unsupported(node, `A has ${depth} columns and B has ${bInner} rows`)

  const order = [...inner].sort((x, y) => y.stride - x.stride)
  const domain = [...rows.map((digit) => digit.size), columns]
  const reduction = order.map((digit) => digit.size)
  const left = plain(a.tensor, [...rows.map((d) => d.stride), 0, ...order.map((d) => d.stride)])
  const packed = builder.addConstant(
    packRows(floats(node, b), columns, depth, transposed, inner, order),
    b.name,
  )
  const right = plain(packed, [...rows.map(() => 0), depth, ...rowMajor(reduction)])

  const operands: Access[] = [left, right]
  const epilogue: Instruction[] = []
  const alpha = floatAttribute(node, "alpha", 1)
  if (alpha !== 1) epilogue.push({ op: Op.Mul, source: Source.Immediate, value: toBits(alpha) })
  if (node.inputs[2]) {
    operands.push(addend(builder, node, rows, columns, reduction.length))
    epilogue.push({ op: Op.Add, source: Source.Operand, value: 2 })
  }
  const { name, instructions } = fuseActivation(builder, node.outputs[0])
  const output = builder.addResult(name, product(domain))
  builder.addStep({
    output,
    domain,
    reduction,
    body: Body.Dot,
    operands,
    epilogue: [...epilogue, ...instructions],
  })
  const height = product(rows.map((digit) => digit.size))
  builder.bind(name, viewOf(output, [height, columns]))
}

/** C times beta, broadcast to [rows, columns]. */
function addend(
  builder: Builder,
  node: OnnxNode,
  rows: readonly Digit[],
  columns: number,
  inner: number,
): Access {
  const c = builder.constant(node, 2)
  if (!c) throw unsupported(node, "C is not a constant")
  const height = product(rows.map((digit) => digit.size))
  const [cRows, cColumns] = [1, 1, ...c.dims].slice(-2)
  if (c.dims.length > 2 || (cRows !== 1 && cRows !== height) || (cColumns !== 1 && cColumns !== columns)) {
    throw unsupported(node, `C of shape [${c.dims}] does not broadcast to [${height}, ${columns}]`)
  }
  const values = scaled(floats(node, c), floatAttribute(node, "beta", 1))
  const rowStrides = rowMajor(rows.map((digit) => digit.size)).map((stride) =>
    cRows === 1 ? 0 : stride * cColumns,
  )
  const strides = [...rowStrides, cColumns === 1 ? 0 : 1, ...new Array<number>(inner).fill(0)]
  return plain(builder.addConstant(values, c.name), strides)
}

/** The values times beta. On bit patterns: numbers would lose the payload of a NaN, or its sign. */
function scaled(values: Float32Array, beta: number): Float32Array {
  if (beta === 1) return values
  const bits = new Uint32Array(values.buffer).map((word) => toBits(mul(fromBits(word), beta)))
  return new Float32Array(bits.buffer)
}

/** B to [columns, K] with K in the order of `order`, where `inner` are the same digits in ONNX's order. */
function packRows(
  values: Float32Array,
  columns: number,
  depth: number,
  transposed: boolean,
  inner: readonly Digit[],
  order: readonly Digit[],
): Float32Array {
  const logical = rowMajor(inner.map((digit) => digit.size))
  const strides = order.map((digit) => logical[inner.indexOf(digit)])
  const packed = new Float32Array(values.length)
  const from = new Uint32Array(values.buffer)
  const to = new Uint32Array(packed.buffer)
  for (let k = 0; k < depth; k++) {
    let rest = k
    let source = 0
    for (let i = order.length - 1; i >= 0; i--) {
      source += (rest % order[i].size) * strides[i]
      rest = Math.floor(rest / order[i].size)
    }
    for (let n = 0; n < columns; n++)
      to[n * depth + k] = from[transposed ? n * depth + source : source * columns + n]
  }
  return packed
}
