import { OnusError } from "../../protocol/errors.ts"
import { Body, Space, type Access, type Step, type Tensor } from "../../protocol/program.ts"
import type { OnnxGraph, OnnxNode, OnnxTensor } from "../onnx/graph.ts"
import type { Constant, Port, ProgramParts } from "./program.ts"
import { type View, isRowMajor, product, shapeOf, viewOf } from "./view.ts"

/** Largest number of elements of a tensor: leaf indices have 32 bits, and so have lengths. */
const MAX_ELEMENTS = 2 ** 30

/** Collects the steps of a program while the nodes of a graph are lowered one after another. */
export class Builder {
  readonly graph: OnnxGraph
  readonly #views = new Map<string, View>()
  readonly #steps: Step[] = []
  readonly #constants: Constant[] = []
  readonly #inputs: Port[] = []
  readonly #next: Record<Space, { id: number; leaf: number }> = [0, 1, 2, 3].map(() => ({
    id: 0,
    leaf: 0,
  })) as never
  readonly #uses = new Map<string, OnnxNode[]>()

  constructor(graph: OnnxGraph) {
    this.graph = graph
    for (const node of graph.nodes) {
      for (const name of node.inputs) this.#uses.set(name, [...(this.#uses.get(name) ?? []), node])
    }
  }

  /** The only node that reads `name`, if the value is not needed otherwise: a candidate for fusion. */
  soleUser(name: string): OnnxNode | undefined {
    const users = this.#uses.get(name) ?? []
    return users.length === 1 && !this.isOutput(name) ? users[0] : undefined
  }

  isOutput(name: string): boolean {
    return this.graph.outputs.some((output) => output.name === name)
  }

  addInput(name: string, shape: readonly number[]): void {
    const tensor = this.#allocate(Space.Input, product(shape), name)
    this.#inputs.push({ name, shape, tensor })
    this.bind(name, viewOf(tensor, shape))
  }

  /** Adds a constant; equal data is not shared, as every use packs it for itself. */
  addConstant(values: Float32Array, what: string): Tensor {
    const tensor = this.#allocate(Space.Weights, values.length, what)
    const data = new Uint8Array(values.length * 4)
    const words = new DataView(data.buffer)
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
    bits.forEach((word, i) => words.setUint32(i * 4, word, true))
    this.#constants.push({ tensor, data })
    return tensor
  }

  /** A tensor for a value computed in row-major order: in the output tree if the graph returns it. */
  addResult(name: string, length: number): Tensor {
    return this.#allocate(this.isOutput(name) ? Space.Output : Space.Trace, length, name)
  }

  /** A tensor of the trace, for inner values and for values in another order than ONNX's. */
  addScratch(length: number, what: string): Tensor {
    return this.#allocate(Space.Trace, length, what)
  }

  addStep(step: Step): void {
    this.#steps.push(step)
  }

  /** Says where the value `name` lies. */
  bind(name: string, view: View): void {
    this.#views.set(name, view)
  }

  /** True when `name` lies somewhere already: its node was fused into the one before it. */
  isBound(name: string): boolean {
    return this.#views.has(name)
  }

  /** The view of one of a node's inputs. */
  view(node: OnnxNode, index: number): View {
    const name = node.inputs[index] ?? ""
    const view = this.#views.get(name)
    if (view) return view
    const constant = this.graph.initializers.get(name)
    if (constant) return this.#bindConstant(node, constant)
    throw unsupported(
      node,
      name === "" ? `input ${index} is missing` : `input "${name}" is not computed before it`,
    )
  }

  /** The values of one of a node's inputs if it is a constant. */
  constant(node: OnnxNode, index: number): OnnxTensor | undefined {
    return this.graph.initializers.get(node.inputs[index] ?? "")
  }

  /** Ends the program: every output lies in the output tree, in row-major order. */
  finish(): ProgramParts {
    const outputs = this.graph.outputs.map(({ name }): Port => {
      const view = this.#views.get(name)
      if (!view) throw new OnusError("ProgramInvalid", `Output "${name}" is not computed by any node`)
      const inPlace = view.tensor.space === Space.Output && isRowMajor(view)
      return { name, shape: shapeOf(view), tensor: inPlace ? view.tensor : this.#copyOut(name, view) }
    })
    return { steps: this.#steps, inputs: this.#inputs, outputs, constants: this.#constants }
  }

  #copyOut(name: string, view: View): Tensor {
    const loops = view.axes.flat()
    const domain = loops.map((digit) => digit.size)
    const output = this.#allocate(Space.Output, product(domain), name)
    const operands = [
      plain(
        view.tensor,
        loops.map((digit) => digit.stride),
      ),
    ]
    this.addStep({ output, domain, reduction: [], body: Body.Read, operands, epilogue: [] })
    return output
  }

  #bindConstant(node: OnnxNode, constant: OnnxTensor): View {
    const tensor = this.addConstant(floats(node, constant), constant.name)
    const view = viewOf(tensor, constant.dims)
    this.bind(constant.name, view)
    return view
  }

  #allocate(space: Space, length: number, what: string): Tensor {
    if (!Number.isSafeInteger(length) || length < 1 || length > MAX_ELEMENTS) {
      throw new OnusError(
        "TensorSizeUnsupported",
        `"${what}" has ${length} elements; 1 to 2^30 are supported`,
      )
    }
    const next = this.#next[space]
    const tensor: Tensor = { space, id: next.id, firstLeaf: next.leaf, length }
    next.id += 1
    next.leaf += Math.ceil(length / 256)
    return tensor
  }
}

/** An access without padding. */
export function plain(tensor: Tensor, strides: readonly number[]): Access {
  return { tensor, base: 0, strides, guards: [] }
}

/** The float32 values of a constant. */
export function floats(node: OnnxNode, constant: OnnxTensor): Float32Array {
  if (constant.elementType !== "float32") {
    throw unsupported(node, `constant "${constant.name}" is ${constant.elementType}, not float32`)
  }
  const words = new DataView(constant.data.buffer, constant.data.byteOffset, constant.data.byteLength)
  const values = new Float32Array(constant.data.byteLength / 4)
  const bits = new Uint32Array(values.buffer)
  for (let i = 0; i < bits.length; i++) bits[i] = words.getUint32(i * 4, true)
  return values
}

/** The error for a node that cannot be lowered, named with its operator and the reason. */
export function unsupported(node: OnnxNode, reason: string): OnusError {
  const operator = node.domain ? `${node.domain}.${node.opType}` : node.opType
  return new OnusError("OperatorUnsupported", `Node "${node.name}" (${operator}): ${reason}`, {
    hint: "Supported operators: Conv, Flatten, Gemm, MaxPool, Relu, Softmax on float32 with static shapes",
  })
}
