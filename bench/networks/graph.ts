import type { ElementType } from "../../src/engine/onnx/element-type.ts"
import type {
  OnnxAttribute,
  OnnxGraph,
  OnnxInput,
  OnnxNode,
  OnnxTensor,
} from "../../src/engine/onnx/graph.ts"

/** Attribute values as they are written here: whole numbers are INT, `f(1)` is FLOAT. */
export type Attributes = Readonly<Record<string, number | string | readonly number[] | OnnxAttribute>>

/** A FLOAT attribute. */
export const f = (value: number): OnnxAttribute => ({ type: "float", value: Math.fround(value) })

/** Writes graphs node by node, with seeded random weights. */
export class GraphWriter {
  readonly #nodes: OnnxNode[] = []
  readonly #initializers = new Map<string, OnnxTensor>()
  readonly #inputs: OnnxInput[] = []
  #state: number
  #names = 0

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1
  }

  input(name: string, elementType: ElementType, shape: readonly number[]): string {
    this.#inputs.push({ name, elementType, shape })
    return name
  }

  /** Weights of about normal distribution with the standard deviation `scale`. */
  weights(dims: readonly number[], scale: number): string {
    const values = new Float32Array(dims.reduce((all, size) => all * size, 1))
    for (let i = 0; i < values.length; i++) {
      // Four uniform numbers add up to something bell-shaped of variance 1/3.
      values[i] = scale * 1.732 * (this.#uniform() + this.#uniform() + this.#uniform() + this.#uniform() - 2)
    }
    return this.floats(dims, values)
  }

  /** Numbers between `low` and `high`. */
  between(dims: readonly number[], low: number, high: number): string {
    const count = dims.reduce((all, size) => all * size, 1)
    return this.floats(
      dims,
      Float32Array.from({ length: count }, () => low + (high - low) * this.#uniform()),
    )
  }

  floats(dims: readonly number[], values: Float32Array<ArrayBuffer>): string {
    return this.#constant("float32", dims, new Uint8Array(values.buffer))
  }

  int64s(values: readonly number[]): string {
    const data = new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
    return this.#constant("int64", [values.length], data)
  }

  bytes(
    elementType: "int8" | "uint8" | "int32",
    dims: readonly number[],
    data: Uint8Array<ArrayBuffer>,
  ): string {
    return this.#constant(elementType, dims, data)
  }

  /** Adds a node with one output and gives the output's name. */
  node(opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.nodes(opType, inputs, 1, attributes)[0]
  }

  /** Adds a node with several outputs. */
  nodes(opType: string, inputs: readonly string[], outputs: number, attributes: Attributes = {}): string[] {
    const name = `${opType}_${this.#names++}`
    const names = Array.from({ length: outputs }, (_, i) => (outputs === 1 ? name : `${name}:${i}`))
    const entries = Object.entries(attributes).map(([key, value]) => [key, attribute(value)] as const)
    this.#nodes.push({ name, opType, domain: "", inputs, outputs: names, attributes: new Map(entries) })
    return names
  }

  /** A random number from 0 to 1: xorshift32. */
  #uniform(): number {
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    this.#state ^= this.#state << 5
    return (this.#state >>> 0) / 2 ** 32
  }

  #constant(elementType: ElementType, dims: readonly number[], data: Uint8Array<ArrayBuffer>): string {
    const name = `constant_${this.#initializers.size}`
    this.#initializers.set(name, { name, elementType, dims, data })
    return name
  }

  graph(name: string, outputs: readonly string[], opset = 17): OnnxGraph {
    return {
      name,
      opset,
      inputs: this.#inputs,
      outputs: outputs.map((output) => ({ name: output, elementType: undefined, shape: undefined })),
      initializers: this.#initializers,
      nodes: this.#nodes,
    }
  }
}

function attribute(value: Attributes[string]): OnnxAttribute {
  if (typeof value === "number") return { type: "int", value: BigInt(value) }
  if (typeof value === "string") return { type: "string", value }
  return "type" in value ? value : { type: "ints", value: value.map(BigInt) }
}
