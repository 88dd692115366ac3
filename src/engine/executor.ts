import { OnusError } from "../protocol/errors.ts"
import type { Space, Tensor } from "../protocol/program.ts"
import type { Program } from "./program/program.ts"

/** Every tensor of one run, as bit patterns by space and tensor id. */
export class Execution {
  readonly program: Program
  readonly #tensors: Readonly<Record<Space, readonly Uint32Array[]>>

  constructor(program: Program, tensors: Readonly<Record<Space, readonly Uint32Array[]>>) {
    this.program = program
    this.#tensors = tensors
  }

  /** The bit patterns of a tensor's elements. */
  bits(tensor: Tensor): Uint32Array {
    return this.#tensors[tensor.space][tensor.id]
  }
}

/** Values for the inputs of a model by name, as float32. */
export type Inputs = Readonly<Record<string, Float32Array>>

/**
 * Whatever runs programs. All executors agree on every bit of every tensor: the reference interpreter
 * defines the bits, faster ones are checked against it.
 */
export interface Executor {
  readonly name: string
  /** @throws OnusError `InputMissing`, `InputUnknown`, `InputShapeMismatch`. */
  run(program: Program, inputs: Inputs): Execution
}

/**
 * Checks inputs against the ports of a program, in their order.
 *
 * @returns the bit patterns of each input tensor.
 * @throws OnusError `InputMissing`, `InputUnknown`, `InputShapeMismatch`.
 */
export function bindInputs(program: Program, inputs: Inputs): Uint32Array[] {
  const names = program.inputs.map((port) => port.name)
  const extra = Object.keys(inputs).find((name) => !names.includes(name))
  if (extra !== undefined) {
    throw new OnusError("InputUnknown", `The model has no input "${extra}"; it has ${names.join(", ")}`)
  }
  return program.inputs.map(({ name, shape, tensor }) => {
    const values = Object.hasOwn(inputs, name) ? inputs[name] : undefined
    if (!values) throw new OnusError("InputMissing", `The input "${name}" of shape [${shape}] is missing`)
    if (values.length !== tensor.length) {
      const message = `The input "${name}" has ${values.length} values; its shape [${shape}] holds ${tensor.length}`
      throw new OnusError("InputShapeMismatch", message)
    }
    // Copied as bits: a NaN payload would not survive being copied as numbers.
    return new Uint32Array(values.buffer, values.byteOffset, values.length).slice()
  })
}
