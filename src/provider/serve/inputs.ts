import { OnusError } from "../../protocol/errors.ts"
import { ElementType, widthOf } from "../../protocol/program.ts"
import type { Port, Program } from "../../engine/program/program.ts"
import { inputLength } from "../../pool/inputs.ts"
import { type Body, type Json, field, objectField, objectsField } from "./body.ts"
import { datatypeOf } from "./datatypes.ts"
import { bytesOfJson } from "./json-values.ts"
import { malformed, quoted } from "./refuse.ts"

/**
 * The inputs of an inference request, concatenated in the order of the program.
 *
 * @throws OnusError `RequestMalformed`, `InputUnknown`, `InputMissing`, `InputTypeMismatch`, `InputShapeMismatch`,
 * `InputValueInvalid`.
 */
export function decodeInputs(program: Pick<Program, "inputs">, { json, binary }: Body): Uint8Array {
  const given = objectsField(json, "inputs")
  if (!given) throw malformed('it has no "inputs"')
  const parts = new Map<string, Uint8Array>()
  let at = 0
  for (const tensor of given) {
    const port = portOf(program, tensor)
    if (parts.has(port.name)) throw malformed(`the input ${quoted(port.name)} is given twice`)
    const size = field(objectField(tensor, "parameters"), "binary_data_size")
    if (size === undefined) {
      parts.set(port.name, bytesOfJson(port, field(tensor, "data")))
    } else {
      requireSize(port, size, binary.length - at, field(tensor, "data"))
      parts.set(port.name, checkedBytes(port, binary.subarray(at, (at += size as number))))
    }
  }
  if (at !== binary.length) throw malformed(`${binary.length - at} bytes belong to no input`)
  return joined(program, parts)
}

function portOf({ inputs }: Pick<Program, "inputs">, tensor: Json): Port {
  const name = field(tensor, "name")
  const port = inputs.find((one) => one.name === name)
  if (!port) {
    const known = inputs.map((one) => one.name).join(", ")
    throw new OnusError("InputUnknown", `The model has no input ${quoted(name)}; it has ${known}`)
  }
  const datatype = datatypeOf(port.tensor.type)
  if (field(tensor, "datatype") !== datatype) {
    const message = `The input ${quoted(name)} is given as ${quoted(field(tensor, "datatype"))}; it is ${datatype}`
    throw new OnusError("InputTypeMismatch", message)
  }
  const shape = field(tensor, "shape")
  const isShape =
    Array.isArray(shape) &&
    shape.length === port.shape.length &&
    shape.every((size, i) => size === port.shape[i])
  if (isShape) return port
  const message = `The input ${quoted(name)} is given with shape ${quoted(shape)}; it has [${port.shape}]`
  throw new OnusError("InputShapeMismatch", message, { hint: "Shapes are part of the model and fixed" })
}

function requireSize({ name, tensor }: Port, size: unknown, left: number, data: unknown): void {
  const wanted = tensor.length * widthOf(tensor.type)
  if (data !== undefined) throw malformed(`the input ${quoted(name)} is given twice, as JSON and as bytes`)
  if (size !== wanted) throw malformed(`the input ${quoted(name)} has ${wanted} bytes, not ${quoted(size)}`)
  if (left < wanted) throw malformed(`${left} bytes are left for the ${wanted} of the input ${quoted(name)}`)
}

function checkedBytes({ name, tensor }: Port, bytes: Uint8Array): Uint8Array {
  if (tensor.type !== ElementType.Bool || bytes.every((byte) => byte <= 1)) return bytes
  throw new OnusError(
    "InputValueInvalid",
    `The input ${quoted(name)} holds a boolean that is neither 0 nor 1`,
  )
}

function joined(program: Pick<Program, "inputs">, parts: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const missing = program.inputs.find(({ name }) => !parts.has(name))
  if (missing) {
    throw new OnusError(
      "InputMissing",
      `The input ${quoted(missing.name)} of shape [${missing.shape}] is missing`,
    )
  }
  const all = new Uint8Array(inputLength(program))
  let at = 0
  for (const { name } of program.inputs) {
    all.set(parts.get(name)!, at)
    at += parts.get(name)!.length
  }
  return all
}
