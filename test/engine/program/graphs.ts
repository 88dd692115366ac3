import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from "../../../src/engine/onnx/graph.ts"
import type { Inputs } from "../../../src/engine/executor.ts"

/** Attributes as tests write them: whole numbers are INT, unless ONNX has a FLOAT of that name. */
export type Attributes = Readonly<Record<string, number | readonly number[] | string>>

const FLOAT_ATTRIBUTES = new Set(["alpha", "beta"])

function attribute(name: string, value: Attributes[string]): OnnxAttribute {
  if (typeof value === "string") return { type: "string", value }
  if (typeof value !== "number") return { type: "ints", value: value.map(BigInt) }
  return FLOAT_ATTRIBUTES.has(name) ? { type: "float", value } : { type: "int", value: BigInt(value) }
}

/** One node, named after what it makes. */
export function node(
  opType: string,
  inputs: readonly string[],
  output: string,
  attributes: Attributes = {},
): OnnxNode {
  const entries = Object.entries(attributes).map(([name, value]) => [name, attribute(name, value)] as const)
  return {
    name: `make ${output}`,
    opType,
    domain: "",
    inputs,
    outputs: [output],
    attributes: new Map(entries),
  }
}

/** A float32 constant given by its bit patterns. */
export function constant(name: string, dims: readonly number[], words: Uint32Array): OnnxTensor {
  return { name, elementType: "float32", dims, data: new Uint8Array(words.slice().buffer) }
}

/** A float32 constant given by its values. */
export function values(name: string, dims: readonly number[], numbers: readonly number[]): OnnxTensor {
  return constant(name, dims, new Uint32Array(Float32Array.from(numbers).buffer))
}

/** What a test says about a graph; the rest is the same for all. */
export interface GraphParts {
  readonly inputs: Readonly<Record<string, readonly number[]>>
  readonly constants?: readonly OnnxTensor[]
  readonly nodes: readonly OnnxNode[]
  readonly outputs: readonly string[]
  readonly opset?: number
}

/** A graph over float32 tensors of fixed shape. */
export function graphOf({ inputs, constants = [], nodes, outputs, opset = 17 }: GraphParts): OnnxGraph {
  return {
    name: "test",
    opset,
    inputs: Object.entries(inputs).map(([name, shape]) => ({ name, elementType: "float32", shape })),
    outputs: outputs.map((name) => ({ name, elementType: "float32", shape: undefined })),
    initializers: new Map(constants.map((tensor) => [tensor.name, tensor])),
    nodes,
  }
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((all, size) => all * size, 1)

/** Inputs for a graph, from a source of bit patterns. */
export function inputsFor(graph: OnnxGraph, word: () => number): Inputs {
  return Object.fromEntries(
    graph.inputs.map(({ name, shape }) => {
      const words = Uint32Array.from({ length: sizeOf(shape as number[]) }, word)
      return [name, new Float32Array(words.buffer)]
    }),
  )
}
