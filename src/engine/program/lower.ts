import { OnusError, isOnusError } from "../../protocol/errors.ts"
import { ElementType } from "../../protocol/program.ts"
import type { ElementType as OnnxType } from "../onnx/element-type.ts"
import { dimensionName } from "../onnx/dimensions.ts"
import { quote } from "../onnx/errors.ts"
import type { OnnxGraph, OnnxInput, OnnxNode, OnnxTensor } from "../onnx/graph.ts"
import { TYPE_NAMES } from "../executor.ts"
import { Builder } from "./builder.ts"
import { NodeContext, unsupported } from "./node.ts"
import { OPERATORS } from "./operators/index.ts"
import { sealProgram } from "./seal.ts"
import { type Program, type ProgramParts } from "./program.ts"
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
  const returned = new Set(graph.outputs.map(({ name }) => name))
  for (const node of graph.nodes) lowerNode(builder, graph, node, values, uses, returned)
  for (const { name } of graph.outputs) {
    const value = values.get(name)
    if (!value)
      throw new OnusError("OutputUnsupported", `The output ${quote(name)} ${whyUnknown(graph, name)}`)
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
  returned: ReadonlySet<string>,
): void {
  const lowering =
    node.domain === "" && Object.hasOwn(OPERATORS, node.opType) ? OPERATORS[node.opType] : undefined
  if (!lowering) throw unsupported(node, "the operator is not supported")
  const inputs = node.inputs.map((name) => (name === "" ? undefined : known(graph, node, name, values)))
  const results = named(node, () => lowering(new NodeContext(builder, node, graph.opset, inputs)))
  const madeFrom = new Set(inputs.filter((one) => one !== undefined))
  node.outputs.forEach((name, i) => {
    const value = results[i]
    if (name === "" || !value) {
      if (name !== "" && uses.has(name)) throw unsupported(node, `output ${i} is not supported`)
      return
    }
    // A view that was passed through keeps its own counts.
    const own = madeFrom.has(value) ? builder.view(value, builder.stored(value).layout, value.shape) : value
    own.uses = uses.get(name) ?? 0
    own.madeFrom = madeFrom
    if (returned.has(name)) own.output = name
    values.set(name, own)
  })
}

/** Errors that do not know the node yet are told with its name. */
function named<T>(node: OnnxNode, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (isOnusError(error, "ShapeMismatch") || isOnusError(error, "TensorSizeUnsupported")) {
      throw unsupported(node, error.message, error)
    }
    // What JavaScript says when it has no memory for an array.
    if (error instanceof RangeError) throw unsupported(node, `out of memory (${error.message})`, error)
    throw error
  }
}

function known(graph: OnnxGraph, node: OnnxNode, name: string, values: Map<string, Value>): Value {
  const value = values.get(name)
  if (value) return value
  throw unsupported(node, `input ${quote(name)} ${whyUnknown(graph, name)}`)
}

/** Why a name has no value. */
function whyUnknown(graph: OnnxGraph, name: string): string {
  const constant = graph.initializers.get(name)
  return constant
    ? `is a constant of ${constant.elementType}, which is not supported`
    : "is not computed by any node before"
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
  return shape.map((size, axis) => {
    if (typeof size === "number") return size
    const open = dimensionName(size, name, axis)
    throw new OnusError("InputUnsupported", `Input ${quote(name)} has the open dimension ${quote(open)}`, {
      hint: `Say how large it is: --dim ${open}=N`,
    })
  })
}
