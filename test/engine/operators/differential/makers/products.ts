import {
  anyTensor,
  between,
  float,
  int,
  listOf,
  onceIn,
  partOf,
  pick,
  shape,
  signed,
  solid,
  some,
  within,
  type Random,
  version,
} from "../draw.ts"
import type { MakeSpec, Makers } from "../spec.ts"

const gemm: MakeSpec = (random) => {
  const [m, k, n] = solid(random, 3, 3, 9)
  const opset = version(random, [7, 9, 11, 13])
  const type = opset >= 9 && onceIn(random, 4) ? pick(random, ["int32", "int64"] as const) : "float32"
  const [transA, transB] = [random() % 2, random() % 2]
  const dims = pick(random, [[m, n], [n], [1, n], [m, 1], [1, 1], [1], []])
  const c = opset < 11 || onceIn(random, 2) ? [anyTensor(random, type, dims)] : []
  const factor = () => float(type === "float32" ? between(random, -20, 20) / 8 : between(random, -3, 3))
  return {
    opset,
    inputs: [
      anyTensor(random, type, transA ? [k, m] : [m, k]),
      anyTensor(random, type, transB ? [n, k] : [k, n]),
      ...c,
    ],
    attributes: {
      ...(transA ? { transA: int(1) } : some(random, { transA: int(0) })),
      ...(transB ? { transB: int(1) } : some(random, { transB: int(0) })),
      ...some(random, { alpha: factor(), beta: factor() }),
    },
  }
}

/** Shapes of two factors of a matrix product. */
export function factors(random: Random, batched = shape): [number[], number[]] {
  const [m, k, n] = listOf(3, () => (onceIn(random, 8) ? 40 : between(random, 1, 5)))
  const batch = batched(random, 0, 2, 3)
  const left = onceIn(random, 6) ? [k] : [...partOf(random, batch), m, k]
  const right = onceIn(random, 6) ? [k] : [...partOf(random, batch), k, n]
  return [left, right]
}

const matMul: MakeSpec = (random) => {
  const opset = version(random, [7, 9, 13])
  const type = opset >= 9 && onceIn(random, 3) ? pick(random, ["int32", "int64"] as const) : "float32"
  const [a, b] = factors(random)
  return { opset, inputs: [anyTensor(random, type, a), anyTensor(random, type, b)] }
}

/** Softmax and its kin: the axis is one since opset 13, and the first of all that are meant before. */
const softmax: MakeSpec = (random) => {
  const opset = version(random, [7, 11, 13])
  const dims = solid(random, 1, 4)
  const axis = random() % dims.length
  const given = opset < 11 ? axis : signed(random, axis, dims.length)
  // The exponentials of large ones would be infinite.
  const most = onceIn(random, 4) ? 200 : 9
  const hasDefault = opset >= 13 || dims.length > 1
  return {
    opset,
    inputs: [within(random, "float32", dims, -most, most)],
    attributes: hasDefault ? some(random, { axis: int(given) }) : { axis: int(given) },
  }
}

const hardmax: MakeSpec = (random) => {
  const spec = softmax(random)
  return { ...spec, inputs: [within(random, "float32", spec.inputs[0]!.dims, -1, 1)] }
}

/** Products of matrices, and what makes weights of scores. */
export const PRODUCT_MAKERS: Makers = {
  Gemm: gemm,
  Hardmax: hardmax,
  LogSoftmax: softmax,
  MatMul: matMul,
  Softmax: softmax,
}
