import { malformed, quote } from "./errors.ts"
import type { OnnxGraph } from "./graph.ts"

/**
 * Checks that every tensor has one maker and that no node runs before its inputs exist.
 *
 * @throws {OnusError} OnnxMalformed, naming the node and the tensor.
 */
export function checkNames(graph: OnnxGraph): void {
  const makers = new Map<string, string>()
  const define = (name: string, maker: string) => {
    const other = makers.get(name)
    if (other !== undefined) throw malformed(`Tensor ${quote(name)} is made twice, by ${other} and ${maker}`)
    makers.set(name, maker)
  }

  for (const name of graph.initializers.keys()) define(name, "an initializer")
  for (const input of graph.inputs) define(input.name, "a graph input")

  const later = new Set(graph.nodes.flatMap((node) => node.outputs))
  for (const node of graph.nodes) {
    for (const name of node.inputs) {
      if (name === "" || makers.has(name)) continue
      throw malformed(
        later.has(name)
          ? `Node ${quote(node.name)} reads ${quote(name)} before it is made: nodes are not in topological order`
          : `Node ${quote(node.name)} reads ${quote(name)}, which nothing makes`,
      )
    }
    for (const name of node.outputs) if (name !== "") define(name, `node ${quote(node.name)}`)
  }

  const returned = new Set<string>()
  for (const { name } of graph.outputs) {
    if (!makers.has(name)) throw malformed(`Graph output ${quote(name)} is made by nothing`)
    if (returned.has(name)) throw malformed(`Graph output ${quote(name)} is listed twice`)
    returned.add(name)
  }
}
