import { Body, ElementType } from "../../../../protocol/program.ts"
import { type Builder, broadcast } from "../../builder.ts"
import type { NodeContext } from "../../node.ts"
import { reshape, transpose } from "../../shapes.ts"
import { type LoopAccess, type LoopCore, Storage, type Value } from "../../value.ts"
import { type Digit, aligned } from "../../view.ts"

/** A sum of at most this many terms may read the right operand from as many chunks; a longer one is moved first. */
const FEW_TERMS = 32

/** MatMul of float32, int32 or int64 values. */
export function lowerMatMul(node: NodeContext): Value[] {
  const types = [ElementType.Float32, ElementType.Int32, ElementType.Int64] as const
  const [a, b] = [node.requireType(0, ...types), node.requireType(1, ...types)]
  if (a.type !== b.type) node.fail("the operands are of different types")
  return [product(node, a, b)]
}

/**
 * The matrix product of NumPy: over the last axis of `a` and the last but one of `b`, in every pair of matrices of
 * the other axes, which broadcast. A value with one axis is a row on the left and a column on the right.
 *
 * @param zeros The zero points of operands of eight bits, which broadcast to the product of the matrices.
 */
export function product(node: NodeContext, a: Value, b: Value, zeros: readonly Value[] = []): Value {
  const { builder } = node
  if (a.shape.length === 0 || b.shape.length === 0) node.fail("an operand is a scalar")
  const left = a.shape.length === 1 ? reshape(builder, a, [1, ...a.shape]) : a
  const right = b.shape.length === 1 ? reshape(builder, b, [...b.shape, 1]) : b
  if (left.shape.at(-1) !== right.shape.at(-2)) {
    node.fail(
      `the shapes [${a.shape}] and [${b.shape}] do not fit: ${left.shape.at(-1)} is not ${right.shape.at(-2)}`,
    )
  }
  const batch = broadcast([left.shape.slice(0, -2), right.shape.slice(0, -2)])
  const shape = [...batch, left.shape.at(-2)!, right.shape.at(-1)!]
  for (const zero of zeros) {
    if (String(broadcast([shape, zero.shape])) === String(shape)) continue
    node.fail(`a zero point of shape [${zero.shape}] does not broadcast to [${shape}]`)
  }
  // What a vector makes a matrix of is left out of the result.
  const wanted = shape.map((_, axis) => {
    if (axis === batch.length) return a.shape.length > 1
    return axis <= batch.length || b.shape.length > 1
  })
  return multiply(builder, left, right, zeros, shape, wanted)
}

/** The product of matrices in the last two axes; `wanted` says which axes of `shape` the result has. */
function multiply(
  builder: Builder,
  a: Value,
  b: Value,
  zeros: readonly Value[],
  shape: readonly number[],
  wanted: readonly boolean[],
): Value {
  const type = a.type === ElementType.Float32 || a.type === ElementType.Int64 ? a.type : ElementType.Int32
  const result = shape.filter((_, axis) => wanted[axis])
  if (shape.includes(0) || a.shape.at(-1) === 0) return builder.fill(type, result, 0n)
  const [left, right] = contiguous(builder, a, b)
  const rank = shape.length
  const batch = shape.slice(0, -2)
  // Both operands by the axes of the result and, last, the axis that is summed over.
  const readA = builder.reader(left, [...batch, ...left.shape.slice(-2)])
  const readB = builder.reader(right, [...batch, ...right.shape.slice(-2)])
  const axesA = [...readA.layout.axes.slice(0, -1), still(shape[rank - 1])]
  const axesB = [...readB.layout.axes.slice(0, -2), still(shape[rank - 2]), readB.layout.axes[rank - 1]]
  const readZeros = zeros.map((zero) => builder.reader(zero, shape))
  const loops = shape.map((_, axis) =>
    aligned([axesA[axis], axesB[axis], ...readZeros.map((zero) => zero.layout.axes[axis])]),
  )
  const inner = aligned([readA.layout.axes[rank - 1], readB.layout.axes[rank - 2]])
  if (!inner || loops.includes(undefined)) {
    // The radices contradict: in row-major order any two agree.
    const straight = (value: Value) => builder.arranged(value, [...value.shape.keys()])
    return multiply(builder, straight(a), straight(b), zeros.map(straight), shape, wanted)
  }
  const cut = loops as NonNullable<(typeof loops)[number]>[]
  const summed = inner.sizes.map((size, i) => ({ size, a: inner.strides[0][i], b: inner.strides[1][i] }))
  summed.sort((x, y) => Math.abs(y.a) - Math.abs(x.a))
  const access = (
    number: number,
    { source, layout }: typeof readA,
    tail: readonly number[] = summed.map(() => 0),
  ): LoopAccess => ({
    source,
    base: layout.base,
    strides: [...cut.flatMap((one) => one.strides[number]), ...tail],
    guards: [],
    lookups: [],
  })
  let next = 0
  const core: LoopCore = {
    body: Body.Dot,
    mode: 0,
    domain: cut.flatMap((one) => one.sizes),
    reduction: summed.map((one) => one.size),
    axes: cut.map((one) => one.sizes.map(() => next++)).filter((_, axis) => wanted[axis]),
    operands: [
      access(
        0,
        readA,
        summed.map((one) => one.a),
      ),
      access(
        1,
        readB,
        summed.map((one) => one.b),
      ),
      ...readZeros.map((zero, i) => access(2 + i, zero)),
    ],
  }
  return builder.reduce(type, result, core)
}

const still = (size: number): Digit[] => (size === 1 ? [] : [{ size, stride: 0 }])

/**
 * Both operands with the summed axis contiguous in storage, so that an element reads few chunks. Constants on the
 * right are packed in the order in which the left operand lies; values that lie otherwise are moved first.
 */
function contiguous(builder: Builder, a: Value, b: Value): [Value, Value] {
  const inner = builder.stored(a).layout.axes.at(-1)!
  const nearest = Math.min(...inner.map((digit) => Math.abs(digit.stride)))
  const left = inner.length === 0 || nearest === 1 ? a : builder.arranged(a, [...a.shape.keys()])
  const digits = builder.stored(left).layout.axes.at(-1)!
  const rank = b.shape.length
  const { source, layout } = builder.stored(b)
  if (source instanceof Storage) return [left, packedLike(builder, b, digits)]
  const right = layout.axes[rank - 2]
  if (b.shape[rank - 2] <= FEW_TERMS || (right.length === 1 && right[0].stride === 1)) return [left, b]
  return [left, builder.arranged(b, [...b.shape.keys()].slice(0, -2).concat(rank - 1, rank - 2))]
}

/** A constant right operand packed to [..., N, K], with the digits of K in the order of the left operand's. */
function packedLike(builder: Builder, b: Value, digits: readonly Digit[]): Value {
  const rank = b.shape.length
  const sizes = digits.map((digit) => digit.size)
  const swapped = transpose(builder, b, [...b.shape.keys()].slice(0, -2).concat(rank - 1, rank - 2))
  // K as several axes behind N, nested as they lie on the left.
  const outer = swapped.shape.slice(0, -1)
  const split = reshape(builder, swapped, [...outer, ...sizes])
  const order = [...sizes.keys()].sort((x, y) => Math.abs(digits[y].stride) - Math.abs(digits[x].stride))
  const packed = builder.arranged(split, [...outer.keys(), ...order.map((i) => outer.length + i)])
  const { base, axes } = builder.stored(packed).layout
  const result = [...axes.slice(0, rank - 2), axes.slice(rank - 1).flat(), axes[rank - 2]]
  return builder.view(packed, { base, axes: result }, b.shape)
}
