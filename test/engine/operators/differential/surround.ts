import { elementsOf } from "../../../../src/engine/onnx/elements.ts"
import type { OnnxTensor } from "../../../../src/engine/onnx/graph.ts"
import { product, rowMajor } from "../../../../src/engine/program/view.ts"
import {
  CODES,
  type Random,
  type TypeName,
  between,
  int,
  ints,
  list,
  listOf,
  onceIn,
  pick,
  shuffled,
  tensor,
} from "./draw.ts"
import type { GraphMaker } from "./graph-maker.ts"

/*
 * Ways to make a tensor by nodes instead of passing it in, so that it is a view, a constant, or a step that is not
 * computed yet when the node under test reads it. The elements are exactly the same.
 */

type Source = (random: Random, maker: GraphMaker, x: OnnxTensor, inner: Inner) => string | undefined

/** Makes a tensor that a source starts from. */
type Inner = (x: OnnxTensor) => string

/** The elements of a tensor at places of it, given by their numbers, in another shape. */
function taken(x: OnnxTensor, dims: readonly number[], place: (i: number) => number): OnnxTensor {
  const from = elementsOf(x)
  return tensor(
    x.elementType as TypeName,
    dims,
    listOf(product(dims), (i) => from[place(i)]),
  )
}

/** The elements along other places of one axis; `size` of them. */
function along(x: OnnxTensor, axis: number, size: number, place: (i: number) => number): OnnxTensor {
  const dims = x.dims.map((one, i) => (i === axis ? size : one))
  const [from, to] = [rowMajor(x.dims), rowMajor(dims)]
  return taken(x, dims, (i) =>
    dims.reduce((sum, one, a) => {
      const at = Math.floor(i / to[a]) % one
      return sum + from[a] * (a === axis ? place(at) : at)
    }, 0),
  )
}

const transposed: Source = (random, maker, x, inner) => {
  const order = shuffled(random, [...x.dims.keys()])
  const dims = order.map((_, axis) => x.dims[order.indexOf(axis)])
  // Axis i of x is axis order[i] of what it is made from.
  const from = rowMajor(x.dims)
  const to = rowMajor(dims)
  const before = taken(x, dims, (i) =>
    order.reduce((sum, axis, own) => sum + from[own] * (Math.floor(i / to[axis]) % dims[axis]), 0),
  )
  return maker.node("Transpose", [inner(before)], { perm: ints(order) })
}

const reshaped: Source = (random, maker, x, inner) => {
  const dims = pick(random, [[product(x.dims)], [...x.dims, 1], [...x.dims].reverse()])
  const shape = maker.constant(list(x.dims))
  return maker.node("Reshape", [inner({ ...x, dims }), shape])
}

const sliced: Source = (random, maker, x, inner) => {
  if (x.dims.length === 0) return undefined
  const axis = random() % x.dims.length
  const size = x.dims[axis]
  const step = pick(random, [1, 1, 2, -1, -2])
  const span = (size - 1) * Math.abs(step) + 1
  const front = between(random, 0, 2)
  const whole = front + span + between(random, 0, 2)
  const first = step > 0 ? front : front + span - 1
  const before = along(x, axis, whole, (i) => Math.min(size - 1, Math.max(0, Math.floor((i - first) / step))))
  const start = [first]
  const end = [step > 0 ? first + span : first - span < 0 ? -whole - 9 : first - span]
  if (maker.opset < 10) {
    if (step !== 1) return undefined
    return maker.node("Slice", [inner(before)], { starts: ints(start), ends: ints(end), axes: ints([axis]) })
  }
  const rest = [start, end, [axis], [step]].map((numbers) => maker.constant(list(numbers)))
  return maker.node("Slice", [inner(before), ...rest])
}

/** A read with an instruction. */
const computed: Source = (_, maker, x, inner) => {
  const type = x.elementType as TypeName
  const elements = [...elementsOf(x)]
  if (type === "uint8" || type === "bool") {
    return maker.node("Cast", [inner(tensor("int32", x.dims, elements))], { to: int(CODES[type]) })
  }
  const negative = elements.map((one) => (typeof one === "bigint" ? BigInt.asIntN(64, -one) : -one))
  return maker.node("Neg", [inner(tensor(type, x.dims, negative))])
}

/** A convolution that changes nothing; its result lies channels-last. */
const convolved: Source = (_, maker, x, inner) => {
  if (x.elementType !== "float32" || x.dims.length < 3 || x.dims.length > 5) return undefined
  const channels = x.dims[1]
  const dims = [channels, 1, ...x.dims.slice(2).map(() => 1)]
  const ones = maker.constant(tensor("float32", dims, new Array<number>(channels).fill(1)))
  return maker.node("Conv", [inner(x), ones], { group: int(channels) })
}

/** A fold over two of the same. */
const folded: Source = (_, maker, x, inner) => {
  if (!["float32", "int32", "int64"].includes(x.elementType) || maker.opset < 8) return undefined
  const before = inner(taken(x, [2, ...x.dims], (i) => i % product(x.dims)))
  if (maker.opset < 18) return maker.node("ReduceMax", [before], { axes: ints([0]), keepdims: int(0) })
  return maker.node("ReduceMax", [before, maker.constant(list([0]))], { keepdims: int(0) })
}

/** A read of two candidates. */
const joined: Source = (random, maker, x, inner) => {
  const axes = [...x.dims.keys()].filter((axis) => x.dims[axis] > 1)
  if (axes.length === 0) return undefined
  const axis = pick(random, axes)
  const first = between(random, 1, x.dims[axis] - 1)
  const parts = [along(x, axis, first, (i) => i), along(x, axis, x.dims[axis] - first, (i) => first + i)]
  return maker.node("Concat", parts.map(inner), { axis: int(axis) })
}

/** A read with a lookup of places that are not known. */
const gathered: Source = (random, maker, x, inner) => {
  if (x.dims.length === 0) return undefined
  const axis = random() % x.dims.length
  const order = shuffled(
    random,
    listOf(x.dims[axis], (i) => i),
  )
  const before = along(x, axis, x.dims[axis], (i) => order[i])
  const places = order.map((_, i) => order.indexOf(i))
  return maker.node("Gather", [inner(before), maker.input(list(places))], { axis: int(axis) })
}

const SOURCES: readonly Source[] = [
  transposed,
  transposed,
  reshaped,
  sliced,
  computed,
  computed,
  convolved,
  folded,
  joined,
  gathered,
]

/** A tensor made by up to `depth` nodes. @returns its name. */
export function sourceOf(random: Random, maker: GraphMaker, x: OnnxTensor, depth: number): string {
  if (depth === 0 || onceIn(random, 4) || x.dims.includes(0)) {
    return onceIn(random, 4) ? maker.constant(x) : maker.input(x)
  }
  const source = pick(random, SOURCES)
  const name =
    source(random, maker, x, (inner) => sourceOf(random, maker, inner, depth - 1)) ?? maker.input(x)
  if (onceIn(random, 10) && !name.startsWith("x")) maker.returned.add(name)
  return name
}
