import { OnusError } from "../../protocol/errors.ts"
import { ElementType } from "../../protocol/program.ts"
import * as attributes from "../onnx/attributes.ts"
import { clip, quote } from "../onnx/errors.ts"
import type { OnnxNode, OnnxTensor } from "../onnx/graph.ts"
import { TYPE_NAMES, valuesOf } from "../executor.ts"
import type { Builder } from "./builder.ts"
import { LOWERING_LIMITS, requirePositions } from "./limits.ts"
import { type Value, isConstant } from "./value.ts"
import { product } from "./view.ts"

/** Lowers one node: gives the values of its outputs, `undefined` for those that nothing reads. */
export type Lowering = (node: NodeContext) => readonly (Value | undefined)[]

/** One node while it is lowered: its inputs as values, its attributes by name, and named refusals. */
export class NodeContext {
  readonly builder: Builder
  readonly node: OnnxNode
  readonly opset: number
  readonly #inputs: readonly (Value | undefined)[]

  constructor(builder: Builder, node: OnnxNode, opset: number, inputs: readonly (Value | undefined)[]) {
    this.builder = builder
    this.node = node
    this.opset = opset
    this.#inputs = inputs
  }

  /** How many inputs are written, left-out ones in between included. */
  get inputCount(): number {
    return this.#inputs.length
  }

  /** All inputs; for operators that take any number. */
  get inputs(): Value[] {
    return this.#inputs.map((_, i) => this.input(i))
  }

  input(index: number): Value {
    return this.#inputs[index] ?? this.fail(`input ${index} is missing`)
  }

  optional(index: number): Value | undefined {
    return this.#inputs[index]
  }

  /** Whether something reads the output. */
  hasOutput(index: number): boolean {
    return (this.node.outputs[index] ?? "") !== ""
  }

  int<F extends number | undefined = undefined>(name: string, fallback?: F): number | F {
    return attributes.intAttribute(this.node, name, fallback)
  }

  ints<F extends readonly number[] | undefined = undefined>(
    name: string,
    fallback?: F,
  ): readonly number[] | F {
    return attributes.intsAttribute(this.node, name, fallback)
  }

  float<F extends number | undefined = undefined>(name: string, fallback?: F): number | F {
    return attributes.floatAttribute(this.node, name, fallback)
  }

  floats(name: string): readonly number[] | undefined {
    return attributes.floatsAttribute(this.node, name)
  }

  string<F extends string | undefined = undefined>(name: string, fallback?: F): string | F {
    return attributes.stringAttribute(this.node, name, fallback)
  }

  strings(name: string): readonly string[] | undefined {
    return attributes.stringsAttribute(this.node, name)
  }

  tensor(name: string): OnnxTensor | undefined {
    return attributes.tensorAttribute(this.node, name)
  }

  /** The axis that `given` means in a value of `rank` axes, counted from the end if it is negative. */
  axis(given: number, rank: number): number {
    const axis = given < 0 ? given + rank : given
    return axis >= 0 && axis < rank ? axis : this.fail(`axis ${given} is not one of rank ${rank}`)
  }

  /** Axes without repetition, in rising order. */
  axes(given: readonly number[], rank: number): number[] {
    if (rank > LOWERING_LIMITS.rank) this.fail(`the rank ${rank} is above ${LOWERING_LIMITS.rank}`)
    const axes = given.map((one) => this.axis(one, rank)).sort((a, b) => a - b)
    if (new Set(axes).size !== axes.length) this.fail(`the axes [${given}] repeat one`)
    return axes
  }

  /** The numbers of an integer input that must be known when the model is lowered. Saturated to safe integers. */
  staticInts(index: number): number[] {
    const value = this.input(index)
    if (value.type === ElementType.Float32) this.fail(`input ${index} is float32, not an integer`)
    const bound = Number.MAX_SAFE_INTEGER
    return this.#static(index).map((item) => Math.max(-bound, Math.min(bound, Number(item))))
  }

  /** As {@link staticInts}, `undefined` if the input is left out. */
  optionalInts(index: number): number[] | undefined {
    return this.optional(index) && this.staticInts(index)
  }

  /** The numbers of a float32 input that must be known when the model is lowered. */
  staticFloats(index: number): number[] {
    const value = this.input(index)
    if (value.type !== ElementType.Float32)
      this.fail(`input ${index} is ${TYPE_NAMES[value.type]}, not float32`)
    return this.#static(index).map(Number)
  }

  #static(index: number): (number | bigint)[] {
    const value = this.input(index)
    if (!isConstant(value)) throw new ConstantRequired(this.node, index, originsOf(value))
    requirePositions(product(value.shape))
    return [...valuesOf(value.type, this.builder.bytesOf(value)!)]
  }

  /** Refuses the node. @throws OnusError `OperatorUnsupported` with node, operator and reason. */
  fail(reason: string): never {
    throw unsupported(this.node, reason)
  }

  /** Refuses an input whose type is none of `types`. */
  requireType(index: number, ...types: readonly ElementType[]): Value {
    const value = this.input(index)
    if (types.includes(value.type)) return value
    const wanted = types.map((type) => TYPE_NAMES[type]).join(" or ")
    return this.fail(`input ${index} is ${TYPE_NAMES[value.type]}; only ${wanted} is supported`)
  }
}

/** The error for a node that cannot be lowered, named with its operator and the reason. */
export function unsupported(node: OnnxNode, reason: string, cause?: unknown): OnusError {
  const operator = node.domain ? `${node.domain}.${node.opType}` : node.opType
  return new OnusError("OperatorUnsupported", `Node ${quote(node.name)} (${clip(operator)}): ${reason}`, {
    hint: "`onus model inspect FILE` lists every operator of a model that is not supported",
    cause,
  })
}

/** The graph inputs that a value depends on. */
function originsOf(value: Value): string[] {
  const all = new Set([value])
  // What is added on the way is visited too.
  for (const { madeFrom } of all) for (const one of madeFrom) if (!isConstant(one)) all.add(one)
  return [...all].flatMap(({ input }) => input ?? [])
}

/** A shape, an axis or the like that is not known before the model runs. */
export class ConstantRequired extends OnusError {
  /** The graph inputs that it depends on: with these as constants the node could be lowered. */
  readonly inputs: readonly string[]

  constructor(node: OnnxNode, index: number, inputs: readonly string[]) {
    const names = inputs.map(quote).join(", ")
    const message = `Node ${quote(node.name)} (${node.opType}): input ${index} must be known before the model runs; it depends on ${names}`
    super("ConstantRequired", message, { hint: `Make ${names} constant` })
    this.inputs = inputs
  }
}
