import { OnusError } from "../../protocol/errors.ts"
import type { OnnxGraph, OnnxTensor } from "../onnx/graph.ts"
import { lower } from "./lower.ts"
import { ConstantRequired } from "./node.ts"
import type { Program } from "./program.ts"

/** A program, and the inputs that had to become constants of it. */
export interface Frozen {
  readonly program: Program
  readonly constants: readonly string[]
}

/** Makes constants of some of a graph's inputs. @throws OnusError `InputUnknown`, `InputTypeMismatch`. */
export function withConstants(graph: OnnxGraph, constants: ReadonlyMap<string, OnnxTensor>): OnnxGraph {
  const initializers = new Map(graph.initializers)
  for (const [name, tensor] of constants) {
    const input = graph.inputs.find((one) => one.name === name)
    if (!input) throw new OnusError("InputUnknown", `The model has no input "${name}"`)
    if (input.elementType !== tensor.elementType) {
      const message = `The input "${name}" is given as ${tensor.elementType}; its type is ${input.elementType}`
      throw new OnusError("InputTypeMismatch", message)
    }
    initializers.set(name, tensor)
  }
  return { ...graph, initializers, inputs: graph.inputs.filter(({ name }) => !constants.has(name)) }
}

/**
 * Lowers a graph some of whose inputs say what the program is (a shape, an axis, a number of repeats): those that
 * have to be known become constants with the values given, and part of the model id.
 *
 * @throws OnusError as `lower`; `ConstantRequired` if a value that must be known is not among `values`.
 */
export function lowerWith(graph: OnnxGraph, values: ReadonlyMap<string, OnnxTensor>): Frozen {
  const constants = new Map<string, OnnxTensor>()
  for (;;) {
    try {
      return { program: lower(withConstants(graph, constants)), constants: [...constants.keys()] }
    } catch (error) {
      if (!(error instanceof ConstantRequired)) throw error
      const known = error.inputs.filter((name) => values.has(name) && !constants.has(name))
      if (known.length === 0 || known.length < error.inputs.length) throw error
      for (const name of known) constants.set(name, values.get(name)!)
    }
  }
}
