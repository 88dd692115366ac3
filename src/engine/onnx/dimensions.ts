import { OnusError } from "../../protocol/errors.ts"
import { quote } from "./errors.ts"
import type { OnnxDim, OnnxGraph, OnnxInput } from "./graph.ts"

/** Sizes of open dimensions by name. */
export type Dimensions = Readonly<Record<string, number>>

/** Shapes of given values by the name of their input. */
export type Shapes = Readonly<Record<string, readonly number[]>>

/** What the loader calls a dimension without a name; every one of them is another. */
const UNNAMED = "?"

/** The name that sizes are given to a dimension by: its own, or `INPUT[AXIS]` if it has none. */
export const dimensionName = (dim: string, input: string, axis: number): string =>
  dim === UNNAMED ? `${input}[${axis}]` : dim

/**
 * Gives every open dimension of a graph's inputs its size: from `dims` by name, otherwise from the shape of
 * what will be passed for an input.
 *
 * @returns the graph with inputs of static shape; outputs keep the names that no input has.
 * @throws {OnusError} DimensionUnknown (no input has the name), DimensionInvalid (no size), DimensionConflict
 *   (given shapes contradict the graph or each other), DimensionMissing (names what is open still).
 *
 * @example
 * const graph = bindDimensions(loadOnnx(bytes), { batch: 1 }, { tokens: [1, 64] })
 */
export function bindDimensions(graph: OnnxGraph, dims: Dimensions, shapes: Shapes = {}): OnnxGraph {
  requireSizes(graph, dims)
  const named = substitute(graph, dims)
  const bound = substitute(named, inferDimensions(named, shapes))
  const inputs = bound.inputs.map((input) => {
    const shape = Object.hasOwn(shapes, input.name) ? shapes[input.name] : undefined
    return {
      ...input,
      shape: input.shape.map((dim, axis) => (dim === UNNAMED ? (shape?.[axis] ?? dim) : dim)),
    }
  })
  requireBound(inputs)
  return { ...bound, inputs }
}

/**
 * Reads the sizes of named dimensions off the shapes of what will be passed. Inputs of static shape and inputs
 * that are not given tell nothing.
 *
 * @throws {OnusError} DimensionConflict when a shape does not fit its input, or two give a name two sizes.
 */
export function inferDimensions(graph: OnnxGraph, shapes: Shapes): Record<string, number> {
  const found = new Map<string, { readonly size: number; readonly input: string }>()
  for (const input of graph.inputs) {
    if (!isOpen(input) || !Object.hasOwn(shapes, input.name)) continue
    const shape = shapes[input.name]
    const fits = input.shape.length === shape.length
    if (!fits || input.shape.some((dim, axis) => typeof dim === "number" && dim !== shape[axis])) {
      throw conflict(
        `The input ${quote(input.name)} has shape [${input.shape.join(", ")}], not [${shape.join(", ")}]`,
      )
    }
    for (const [axis, dim] of input.shape.entries()) {
      if (typeof dim === "number" || dim === UNNAMED) continue
      const known = found.get(dim)
      if (known !== undefined && known.size !== shape[axis]) {
        const where = `${known.size} in ${quote(known.input)} and ${shape[axis]} in ${quote(input.name)}`
        throw conflict(`The dimension ${quote(dim)} is ${where}`)
      }
      found.set(dim, { size: shape[axis], input: input.name })
    }
  }
  return Object.fromEntries([...found].map(([name, { size }]) => [name, size]))
}

const isOpen = ({ shape }: OnnxInput): boolean => shape.some((dim) => typeof dim === "string")

function substitute(graph: OnnxGraph, dims: Dimensions): OnnxGraph {
  const bind = (dim: OnnxDim): OnnxDim =>
    typeof dim === "string" && Object.hasOwn(dims, dim) ? dims[dim] : dim
  const bindInput = (input: string, dim: OnnxDim, axis: number): OnnxDim => {
    const size = typeof dim === "string" ? bind(dimensionName(dim, input, axis)) : dim
    return typeof size === "number" ? size : dim
  }
  return {
    ...graph,
    inputs: graph.inputs.map(({ name, elementType, shape }) => {
      return { name, elementType, shape: shape.map((dim, axis) => bindInput(name, dim, axis)) }
    }),
    outputs: graph.outputs.map((output) => ({ ...output, shape: output.shape?.map(bind) })),
  }
}

function requireSizes({ inputs }: OnnxGraph, dims: Dimensions): void {
  const open = new Set(
    inputs.flatMap(({ name, shape }) =>
      shape.flatMap((dim, axis) => (typeof dim === "string" ? dimensionName(dim, name, axis) : [])),
    ),
  )
  for (const [name, size] of Object.entries(dims)) {
    if (!open.has(name)) {
      const known = open.size === 0 ? "none" : [...open].map(quote).join(", ")
      throw new OnusError("DimensionUnknown", `No input has a dimension ${quote(name)}; open are: ${known}`)
    }
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new OnusError("DimensionInvalid", `The dimension ${quote(name)} cannot be ${size}`, {
        hint: "A dimension is a whole number from 0 on",
      })
    }
  }
}

function requireBound(inputs: readonly OnnxInput[]): void {
  const open = inputs.flatMap(({ name, shape }) =>
    shape.flatMap((dim, axis) => {
      if (typeof dim === "number") return []
      return [`${quote(dimensionName(dim, name, axis))} of input ${quote(name)}`]
    }),
  )
  if (open.length === 0) return
  throw new OnusError("DimensionMissing", `These dimensions have no size yet: ${open.join(", ")}`, {
    hint: "Give a size for each name, or the input itself, whose shape tells it",
  })
}

function conflict(message: string): OnusError {
  return new OnusError("DimensionConflict", message, {
    hint: "Give inputs whose shapes agree with the model and with each other",
  })
}
