import type { OnnxGraph, OnnxInput, OnnxNode, OnnxTensor } from "../../../../src/engine/onnx/graph.ts"
import type { Tensors } from "./runtime.ts"
import type { Attributes } from "./spec.ts"

/** A graph with the tensors that its inputs are given. */
export interface Given {
  readonly graph: OnnxGraph
  readonly inputs: Tensors
}

/** Collects the nodes of a graph; every method returns the name of what it makes. */
export class GraphMaker {
  readonly opset: number
  readonly returned = new Set<string>()
  readonly #nodes: OnnxNode[] = []
  readonly #inputs: OnnxInput[] = []
  readonly #given = new Map<string, OnnxTensor>()
  readonly #constants = new Map<string, OnnxTensor>()
  #count = 0

  constructor(opset: number) {
    this.opset = opset
  }

  input(tensor: OnnxTensor): string {
    const name = this.#name("x")
    this.#inputs.push({ name, elementType: tensor.elementType, shape: tensor.dims })
    this.#given.set(name, tensor)
    return name
  }

  constant(tensor: OnnxTensor): string {
    const name = this.#name("c")
    this.#constants.set(name, tensor)
    return name
  }

  /** @returns the name of the first output. */
  node(opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.nodes(opType, inputs, attributes, 1)[0]
  }

  /** A node of several outputs; those in `omitted` have no name. */
  nodes(
    opType: string,
    inputs: readonly string[],
    attributes: Attributes,
    count: number,
    omitted: readonly number[] = [],
  ): string[] {
    const outputs = Array.from({ length: count }, (_, i) => (omitted.includes(i) ? "" : this.#name("y")))
    const name = `${opType} ${outputs.join(" ")}`
    const entries = new Map(Object.entries(attributes))
    this.#nodes.push({ name, opType, domain: "", inputs, outputs, attributes: entries })
    return outputs
  }

  finish(): Given {
    const outputs = [...this.returned].map((name) => ({ name, elementType: undefined, shape: undefined }))
    const graph: OnnxGraph = {
      name: "test",
      opset: this.opset,
      inputs: this.#inputs,
      outputs,
      initializers: this.#constants,
      nodes: this.#nodes,
    }
    return { graph, inputs: this.#given }
  }

  #name(prefix: string): string {
    return `${prefix}${this.#count++}`
  }
}

/**
 * The same graph with a copy of every value that a node makes returned too: each is read twice, so that nothing is
 * fused. (Were they returned themselves, they would lie in another order, in which sums may be others.)
 */
export function unfused(graph: OnnxGraph): OnnxGraph {
  const names = graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ""))
  const copies = names.map((name) => ({
    name: `copy ${name}`,
    opType: "Identity",
    domain: "",
    inputs: [name],
    outputs: [`${name} again`],
    attributes: new Map(),
  }))
  const outputs = copies.map((copy) => ({ name: copy.outputs[0], elementType: undefined, shape: undefined }))
  return { ...graph, nodes: [...graph.nodes, ...copies], outputs: [...graph.outputs, ...outputs] }
}
