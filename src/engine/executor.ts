import { OnusError } from "../protocol/errors.ts"
import { ElementType, type Space, type Tensor } from "../protocol/program.ts"
import type { Port, Program } from "./program/program.ts"
import type { RunTrees } from "./trace/commitment.ts"

/** The tensors of one run as committed: elements in order, least significant byte first. */
export class Execution {
  readonly program: Program
  /** The trees of the run, if they were hashed while it was computed. */
  readonly trees: RunTrees | undefined
  readonly #tensors: Readonly<Record<Space, readonly Uint8Array[]>>

  constructor(
    program: Program,
    tensors: Readonly<Record<Space, readonly Uint8Array[]>>,
    trees: RunTrees | undefined = undefined,
  ) {
    this.program = program
    this.trees = trees
    this.#tensors = tensors
  }

  /** The bytes of a tensor. @throws OnusError `TensorNotKept`. */
  bytes({ space, id }: Tensor): Uint8Array {
    const bytes = this.#tensors[space].at(id)
    if (bytes) return bytes
    const hint = 'Run the program on the same inputs with the trace "kept"; it has the same bits'
    throw new OnusError("TensorNotKept", `Tensor ${id} of space ${space} was not kept by this run`, { hint })
  }
}

/** Elements of one tensor. Booleans are bytes of 0 and 1. */
export type Values = Float32Array | Int8Array | Uint8Array | Int32Array | BigInt64Array

/** Values for the inputs of a model by name, each in row-major order. */
export type Inputs = Readonly<Record<string, Values>>

/**
 * Whatever runs programs. All executors agree on every bit of every tensor: the reference interpreter
 * defines the bits, faster ones are checked against it.
 */
export interface Executor {
  readonly name: string
  /** @throws OnusError `InputMissing`, `InputUnknown`, `InputTypeMismatch`, `InputShapeMismatch`. */
  run(program: Program, inputs: Inputs): Promise<Execution>
}

/** The name of each element type in files and messages. */
export const TYPE_NAMES = ["float32", "int8", "uint8", "int32", "int64", "bool"] as const

const ARRAYS = {
  [ElementType.Float32]: Float32Array,
  [ElementType.Int8]: Int8Array,
  [ElementType.Uint8]: Uint8Array,
  [ElementType.Int32]: Int32Array,
  [ElementType.Int64]: BigInt64Array,
  [ElementType.Bool]: Uint8Array,
} as const

/** Elements of `type` out of their committed bytes, copied. */
export function valuesOf(type: ElementType, bytes: Uint8Array): Values {
  // A Buffer would share its memory if it were sliced.
  return new ARRAYS[type](new Uint8Array(bytes).buffer)
}

/** As {@link valuesOf}, but not copied if the elements lie at a multiple of their width. */
export function valuesIn(type: ElementType, bytes: Uint8Array): Values {
  const array = ARRAYS[type]
  const { buffer, byteOffset, length } = bytes
  if (byteOffset % array.BYTES_PER_ELEMENT !== 0) return valuesOf(type, bytes)
  return new array(buffer as ArrayBuffer, byteOffset, length / array.BYTES_PER_ELEMENT)
}

/** The bytes of values, which are not copied. */
export function bytesOf(values: Values): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

/**
 * Checks inputs against the ports of a program, in their order.
 *
 * @returns the bytes of each input tensor, copied.
 * @throws OnusError `InputMissing`, `InputUnknown`, `InputTypeMismatch`, `InputShapeMismatch`.
 */
export function bindInputs(program: Pick<Program, "inputs">, inputs: Inputs): Uint8Array[] {
  return inputBytes(program, inputs).map((bytes) => new Uint8Array(bytes))
}

/** As {@link bindInputs}, but the bytes are those of the values, which are not copied. */
export function inputBytes(program: Pick<Program, "inputs">, inputs: Inputs): Uint8Array[] {
  const names = program.inputs.map((port) => port.name)
  const extra = Object.keys(inputs).find((name) => !names.includes(name))
  if (extra !== undefined) {
    throw new OnusError("InputUnknown", `The model has no input "${extra}"; it has ${names.join(", ")}`)
  }
  return program.inputs.map((port) => bytesOfInput(port, inputs))
}

function bytesOfInput({ name, shape, tensor }: Port, inputs: Inputs): Uint8Array {
  const values = Object.hasOwn(inputs, name) ? inputs[name] : undefined
  if (!values) throw new OnusError("InputMissing", `The input "${name}" of shape [${shape}] is missing`)
  if (!(values instanceof ARRAYS[tensor.type])) {
    const given = (values as object).constructor.name
    const message = `The input "${name}" is given as ${given}; its type is ${TYPE_NAMES[tensor.type]}`
    throw new OnusError("InputTypeMismatch", message, { hint: `Pass a ${ARRAYS[tensor.type].name}` })
  }
  if (values.length !== tensor.length) {
    const message = `The input "${name}" has ${values.length} values; its shape [${shape}] holds ${tensor.length}`
    throw new OnusError("InputShapeMismatch", message)
  }
  // As bytes: a NaN payload would not survive being copied as numbers.
  return bytesOf(values)
}
