import { OnusError } from "../protocol/errors.ts"
import { type Inputs, TYPE_NAMES, type Values } from "../engine/executor.ts"
import { elementsOf } from "../engine/onnx/elements.ts"
import type { OnnxInput, OnnxTensor } from "../engine/onnx/graph.ts"
import type { Program } from "../engine/program/program.ts"
import { readTensorFile } from "../sdk/files/tensor-file.ts"

type Ports = Pick<Program, "inputs">

/**
 * Reads the inputs of a program from arguments `NAME=FILE`.
 *
 * @throws OnusError as {@link readTensors} and {@link inputsOf}.
 */
export function readInputs(program: Ports, pairs: readonly string[]): Inputs {
  const ports = program.inputs.map(({ name, shape, tensor }) => {
    return { name, shape, elementType: TYPE_NAMES[tensor.type] }
  })
  return inputsOf(program, readTensors(ports, pairs))
}

/**
 * Reads tensors for some of a model's inputs from arguments `NAME=FILE`; their shapes are what the files say.
 * That is before the model is a program: a shape can tell what its open dimensions are, and values can become
 * constants of it.
 *
 * @throws OnusError `InputArgumentInvalid`, `InputUnknown`, and what is wrong with a file.
 */
export function readTensors(
  inputs: readonly OnnxInput[],
  pairs: readonly string[],
): ReadonlyMap<string, OnnxTensor> {
  const tensors = new Map<string, OnnxTensor>()
  for (const pair of pairs) {
    const [name, file] = splitPair(pair)
    const input = inputs.find((one) => one.name === name)
    if (!input) {
      const known = inputs.map((one) => one.name).join(", ")
      throw new OnusError("InputUnknown", `The model has no input "${name}"; it has ${known}`)
    }
    if (tensors.has(name)) throw new OnusError("InputArgumentInvalid", `The input "${name}" is given twice`)
    tensors.set(name, readTensorFile(file, input))
  }
  return tensors
}

/**
 * The values for each input of a program. Axes of length one do not count in the shape of a tensor, and a flat
 * list fits what has as many values.
 *
 * @throws OnusError `InputMissing`, `InputTypeMismatch`, `InputShapeMismatch`.
 */
export function inputsOf(program: Ports, tensors: ReadonlyMap<string, OnnxTensor>): Inputs {
  const values = program.inputs.map(({ name, shape, tensor: { type } }): [string, Values] => {
    const tensor = tensors.get(name)
    if (!tensor) {
      throw new OnusError("InputMissing", `The input "${name}" of shape [${shape}] is missing`, {
        hint: `Add --input ${name}=FILE`,
      })
    }
    if (tensor.elementType !== TYPE_NAMES[type]) {
      const message = `The input "${name}" is given as ${tensor.elementType}; its type is ${TYPE_NAMES[type]}`
      throw new OnusError("InputTypeMismatch", message)
    }
    if (!fits(tensor.dims, shape)) {
      const message = `The input "${name}" has shape [${shape}]; what is given for it has shape [${tensor.dims}]`
      throw new OnusError("InputShapeMismatch", message, {
        hint: "A flat list of as many values is taken too",
      })
    }
    return [name, elementsOf(tensor) as Values]
  })
  return Object.fromEntries(values)
}

function splitPair(pair: string): [name: string, file: string] {
  const at = pair.indexOf("=")
  if (at > 0 && at < pair.length - 1) return [pair.slice(0, at), pair.slice(at + 1)]
  throw new OnusError("InputArgumentInvalid", `${JSON.stringify(pair)} names no input and file`, {
    hint: "Write --input NAME=FILE with a .pb, .npy, .json or .png file",
  })
}

function fits(given: readonly number[], wanted: readonly number[]): boolean {
  const count = (shape: readonly number[]) => shape.reduce((all, size) => all * size, 1)
  const long = (shape: readonly number[]) => shape.filter((size) => size !== 1).join()
  return count(given) === count(wanted) && (given.length <= 1 || long(given) === long(wanted))
}
