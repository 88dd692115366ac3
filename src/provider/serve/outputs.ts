import { OnusError } from "../../protocol/errors.ts"
import { ElementType } from "../../protocol/program.ts"
import { valuesOf } from "../../engine/executor.ts"
import type { Port, Program } from "../../engine/program/program.ts"
import { type Json, field, objectField, objectsField } from "./body.ts"
import { datatypeOf } from "./datatypes.ts"
import { jsonOfValues } from "./json-values.ts"
import { malformed, quoted } from "./refuse.ts"

/** An output that was asked for. */
export interface WantedOutput {
  readonly port: Port
  /** Its place among the outputs of the program. */
  readonly index: number
  readonly isBinary: boolean
}

/**
 * Which outputs a request wants, and how; all, if it does not say.
 *
 * @throws OnusError `RequestMalformed`, `OutputUnknown`, `OutputUnsupported`.
 */
export function wantedOutputs({ outputs }: Pick<Program, "outputs">, json: Json): readonly WantedOutput[] {
  const isBinary = flag(objectField(json, "parameters"), "binary_data_output", false)
  const wanted = objectsField(json, "outputs") ?? []
  if (wanted.length === 0) return outputs.map((port, index) => ({ port, index, isBinary }))
  if (wanted.length > outputs.length)
    throw malformed(`${wanted.length} outputs are asked for of ${outputs.length}`)
  return wanted.map((one) => {
    const name = field(one, "name")
    const index = outputs.findIndex((port) => port.name === name)
    if (index < 0) {
      const known = outputs.map((port) => port.name).join(", ")
      throw new OnusError("OutputUnknown", `The model has no output ${quoted(name)}; it has ${known}`)
    }
    const parameters = objectField(one, "parameters")
    const foreign = ["classification", "shared_memory_region"].find(
      (key) => field(parameters, key) !== undefined,
    )
    if (foreign) throw new OnusError("OutputUnsupported", `Outputs are not given by ${foreign} here`)
    return { port: outputs[index], index, isBinary: flag(parameters, "binary_data", isBinary) }
  })
}

function flag(parameters: Json, name: string, fallback: boolean): boolean {
  const value = field(parameters, name) ?? fallback
  if (typeof value === "boolean") return value
  throw malformed(`"${name}" is ${quoted(value)}, not true or false`)
}

/** A response body: JSON alone, or JSON of so many bytes with raw tensors behind it. */
export interface EncodedAnswer {
  readonly body: string | Buffer
  readonly jsonLength?: number
}

/** Encodes an answer. @param head members of the JSON object before its outputs, each followed by a comma. */
export function encodeAnswer(
  head: string,
  wanted: readonly WantedOutput[],
  outputs: readonly Uint8Array[],
): EncodedAnswer {
  const raw: Uint8Array[] = []
  const described = wanted.map(({ port: { name, shape, tensor }, index, isBinary }) => {
    const bytes = outputs[index]
    const start = `{"name":${JSON.stringify(name)},"datatype":"${datatypeOf(tensor.type)}","shape":[${shape}],`
    if (!isBinary) {
      return `${start}"data":${jsonOfValues(valuesOf(tensor.type, bytes), tensor.type === ElementType.Bool)}}`
    }
    raw.push(bytes)
    return `${start}"parameters":{"binary_data_size":${bytes.length}}}`
  })
  const json = `{${head}"outputs":[${described.join()}]}`
  if (raw.length === 0) return { body: json }
  const bytes = Buffer.from(json)
  return { body: Buffer.concat([bytes, ...raw]), jsonLength: bytes.length }
}
