import { product } from "../../../../../src/engine/program/view.ts"
import {
  TYPES,
  anyTensor,
  between,
  floatsIn,
  int,
  listOf,
  onceIn,
  pick,
  shape,
  shuffled,
  signed,
  size,
  solid,
  some,
  string,
  tensor,
  type Random,
  type TypeName,
  version,
} from "../draw.ts"
import type { Attributes, MakeSpec, Makers } from "../spec.ts"
import { anyType } from "./common.ts"

/** Indices of an axis, now and then from its end. */
const places = (random: Random, dims: readonly number[], reach: (i: number) => number, isSigned: boolean) =>
  tensor(
    pick(random, ["int32", "int64"] as const),
    dims,
    listOf(product(dims), (i) => between(random, isSigned ? -reach(i) : 0, reach(i) - 1)),
  )

const gather: MakeSpec = (random) => {
  const dims = solid(random, 1, 4)
  const opset = version(random, [7, 11, 13])
  const axis = random() % dims.length
  const indices = places(random, shape(random, 0, 3, 4), () => dims[axis], opset >= 11)
  const given = opset < 11 ? axis : signed(random, axis, dims.length)
  return {
    opset,
    inputs: [anyType(random, dims), indices],
    attributes: axis === 0 ? some(random, { axis: int(given) }) : { axis: int(given) },
  }
}

const gatherElements: MakeSpec = (random) => {
  const dims = solid(random, 1, 4)
  const axis = random() % dims.length
  const own = dims.map((one, i) => (i === axis ? size(random, 4) : between(random, 1, one)))
  const attributes = { axis: int(signed(random, axis, dims.length)) }
  return {
    opset: version(random, [11, 13]),
    inputs: [anyType(random, dims), places(random, own, () => dims[axis], true)],
    attributes: axis === 0 ? some(random, attributes) : attributes,
  }
}

const gatherND: MakeSpec = (random) => {
  const opset = version(random, [11, 12, 13])
  const dims = solid(random, 1, 5, 4)
  const batch = opset < 12 ? 0 : between(random, 0, Math.min(2, dims.length - 1))
  const depth = between(random, 1, dims.length - batch)
  const tuples = [...dims.slice(0, batch), ...solid(random, 0, 2, 4)]
  const count = tuples.length < batch + 0 ? tuples : tuples
  const indices = places(random, [...count, depth], (i) => dims[batch + (i % depth)], true)
  const int64 = { ...indices, ...tensor("int64", indices.dims, numbersOf(indices)) }
  return {
    opset,
    inputs: [anyType(random, dims), int64],
    attributes:
      batch === 0 ? (opset < 12 ? {} : some(random, { batch_dims: int(0) })) : { batch_dims: int(batch) },
  }
}

const numbersOf = ({ elementType, data }: { elementType: string; data: Uint8Array }): (number | bigint)[] => {
  const { buffer } = data.slice()
  return [...(elementType === "int64" ? new BigInt64Array(buffer) : new Int32Array(buffer))]
}

const REDUCED = ["float32", "int8", "uint8", "int32", "int64"] as const

/** A type and a reduction of it that an opset has. */
function reduction(random: Random, opset: number): { type: TypeName; attributes: Attributes } {
  const names = opset < 16 ? [] : opset < 18 ? ["add", "mul"] : ["add", "mul", "max", "min"]
  const name = pick(random, ["none", ...names])
  const type = name === "none" ? pick(random, TYPES) : pick(random, REDUCED)
  return { type, attributes: name === "none" ? {} : { reduction: string(name) } }
}

const small = (random: Random, type: TypeName, dims: readonly number[]) =>
  type === "float32" ? floatsIn(random, dims, -2, 2) : anyTensor(random, type, dims)

const scatterElements =
  (opsets: readonly number[], last?: number): MakeSpec =>
  (random) => {
    const opset = version(random, opsets, last)
    const dims = solid(random, 1, 4)
    const axis = random() % dims.length
    const { type, attributes } = reduction(random, opset)
    const own = dims.map((one, i) =>
      i === axis && "reduction" in attributes ? between(random, 1, 4) : between(random, 1, one),
    )
    // Without a reduction no two updates may meet.
    const strides = own.slice(axis + 1).reduce((all, one) => all * one, 1)
    const indices =
      "reduction" in attributes
        ? places(random, own, () => dims[axis], true)
        : tensor(
            "int64",
            own,
            listOf(
              product(own),
              (i) =>
                (Math.floor(i / strides) % own[axis]) - (onceIn(random, 3) && opset >= 11 ? dims[axis] : 0),
            ),
          )
    return {
      opset,
      inputs: [small(random, type, dims), indices, small(random, type, own)],
      attributes: { ...attributes, axis: int(opset < 11 ? axis : signed(random, axis, dims.length)) },
    }
  }

const scatterND: MakeSpec = (random) => {
  const opset = version(random, [11, 13, 16, 18])
  const dims = solid(random, 1, 4, 4)
  const depth = between(random, 1, dims.length)
  const outer = dims.slice(0, depth)
  const { type, attributes } = reduction(random, opset)
  const all = shuffled(
    random,
    listOf(product(outer), (i) => i),
  )
  const rows = between(random, 1, Math.min(6, all.length))
  const chosen = "reduction" in attributes ? listOf(rows, () => pick(random, all)) : all.slice(0, rows)
  const numbers = chosen.flatMap((place) =>
    outer.map((one, axis) => {
      const at = Math.floor(place / product(outer.slice(axis + 1))) % one
      return onceIn(random, 3) ? at - one : at
    }),
  )
  const tuples = onceIn(random, 4) ? [1, rows] : [rows]
  return {
    opset,
    inputs: [
      small(random, type, dims),
      tensor("int64", [...tuples, depth], numbers),
      small(random, type, [...tuples, ...dims.slice(depth)]),
    ],
    attributes,
  }
}

/** Operators that move elements by indices. */
export const GATHER_MAKERS: Makers = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  Scatter: scatterElements([9], 10),
  ScatterElements: scatterElements([11, 13, 16, 18]),
  ScatterND: scatterND,
}
