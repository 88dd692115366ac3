import { OnusError } from "../../protocol/errors.ts"
import { ElementType } from "../../protocol/program.ts"
import type { ElementType as OnnxType } from "../onnx/element-type.ts"
import type { OnnxGraph, OnnxInput, OnnxNode, OnnxTensor } from "../onnx/graph.ts"
import { TYPE_NAMES } from "../executor.ts"
import { Builder } from "./builder.ts"
import { NodeContext, unsupported } from "./node.ts"
import { OPERATORS } from "./operators/index.ts"
import { type Program, type ProgramParts, sealProgram } from "./program.ts"
import type { Value } from "./value.ts"

/**
 * Turns an ONNX graph into the few primitives that semantics, engine and referee know.
 *
 * @param graph With shapes bound: every dimension of every input is a number.
 * @throws OnusError `OperatorUnsupported` (node, operator and reason), `ConstantRequired`, `InputUnsupported`,
 * `TensorSizeUnsupported`, `ProgramInvalid`.
 */
export function lower(graph: OnnxGraph): Program {
  return sealProgram(lowerParts(graph))
}

/** As {@link lower}, without hashing anything. */
export function lowerParts(graph: OnnxGraph): ProgramParts {
  const builder = new Builder()
  const values = new Map<string, Value>()
  for (const input of graph.inputs) {
    values.set(input.name, builder.addInput(input.name, elementType(input), staticShape(input)))
  }
  for (const [name, tensor] of graph.initializers) {
    const constant = constantOf(builder, tensor)
    if (constant) values.set(name, constant)
  }
  const uses = countUses(graph)
  for (const node of graph.nodes) lowerNode(builder, graph, node, values, uses)
  for (const { name } of graph.outputs) {
    const value = values.get(name)
    if (!value) throw new OnusError("ProgramInvalid", `Output "${name}" is not computed by any node`)
    builder.addOutput(name, value)
  }
  return builder.finish()
}

function lowerNode(
  builder: Builder,
  graph: OnnxGraph,
  node: OnnxNode,
  values: Map<string, Value>,
  uses: ReadonlyMap<string, number>,
): void {
  const lowering =
    node.domain === "" && Object.hasOwn(OPERATORS, node.opType) ? OPERATORS[node.opType] : undefined
  if (!lowering) throw unsupported(node, "the operator is not supported")
  const inputs = node.inputs.map((name) => (name === "" ? undefined : known(graph, node, name, values)))
  const results = named(node, () => lowering(new NodeContext(builder, node, graph.opset, inputs)))
  const origins = new Set(inputs.flatMap((value) => [...(value?.origins ?? [])]))
  node.outputs.forEach((name, i) => {
    const value = results[i]
    if (name === "" || !value) {
      if (name !== "" && uses.has(name)) throw unsupported(node, `output ${i} is not supported`)
      return
    }
    // A view that was passed through keeps its own counts.
    const own = inputs.includes(value)
      ? builder.view(value, builder.stored(value).layout, value.shape)
      : value
    own.uses = uses.get(name) ?? 0
    own.origins = origins
    if (graph.outputs.some((output) => output.name === name)) own.output = name
    values.set(name, own)
  })
}

/** Errors that do not know the node yet are told with its name. */
function named<T>(node: OnnxNode, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof OnusError && error.code === "ShapeMismatch") {
      throw unsupported(node, error.message, error)
    }
    throw error
  }
}

function known(graph: OnnxGraph, node: OnnxNode, name: string, values: Map<string, Value>): Value {
  const value = values.get(name)
  if (value) return value
  const constant = graph.initializers.get(name)
  const reason = constant
    ? `constant "${name}" is ${constant.elementType}, which is not supported`
    : `input "${name}" is not computed before it`
  throw unsupported(node, reason)
}

/** How many nodes read each value, and one more if the graph returns it. */
function countUses(graph: OnnxGraph): Map<string, number> {
  const uses = new Map<string, number>()
  const count = (name: string) => uses.set(name, (uses.get(name) ?? 0) + 1)
  for (const node of graph.nodes) new Set(node.inputs).forEach(count)
  for (const output of graph.outputs) count(output.name)
  return uses
}

const TYPES = new Map<OnnxType, ElementType>(TYPE_NAMES.map((name, type) => [name, type as ElementType]))

/** A constant of the file as a value; `undefined` if its type has no place in programs. */
export function constantOf(builder: Builder, tensor: OnnxTensor): Value | undefined {
  const type = TYPES.get(tensor.elementType)
  return type === undefined ? undefined : builder.constant(type, tensor.dims, tensor.data)
}

function elementType({ name, elementType }: OnnxInput): ElementType {
  const type = TYPES.get(elementType)
  if (type !== undefined) return type
  throw new OnusError(
    "InputUnsupported",
    `Input "${name}" is ${elementType}; ${TYPE_NAMES.join(", ")} are supported`,
  )
}

function staticShape({ name, shape }: OnnxInput): number[] {
  return shape.map((size) => {
    if (typeof size === "number") return size
    throw new OnusError("InputUnsupported", `Input "${name}" has the open dimension "${size}"`, {
      hint: `Say how large it is: --dim ${size}=N`,
    })
  })
}
