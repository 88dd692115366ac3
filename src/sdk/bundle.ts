import { decodeBase64, encodeBase64 } from "ethers"
import * as z from "zod"
import { OnusError } from "../protocol/errors.ts"
import { type Inclusion } from "../protocol/batch.ts"
import { toJson } from "../protocol/json.ts"
import { Space, type Tensor, widthOf } from "../protocol/program.ts"
import type { SignedReceipt } from "../protocol/receipt.ts"
import { Execution, type Inputs, valuesOf } from "../engine/executor.ts"
import type { Program } from "../engine/program/program.ts"
import { tensorsOf } from "../engine/trace/commitment.ts"
import { inclusionJson, receiptJson, registryJson, signatureJson } from "./receipt-json.ts"

/** Largest bundle that is read, in characters. */
const MAX_LENGTH = 512 * 2 ** 20

/** Bytes for everything but the tensors: 20 hashes and integers of 78 digits with their names are half of it. */
const ROOM_FOR_RECEIPT = 4096

const base64 = z.base64()

const schema = z.strictObject({
  format: z.literal("onus.bundle.v1"),
  registry: registryJson,
  receipt: receiptJson,
  signature: signatureJson,
  /** Concatenated little-endian tensors of each space, in the order of the program. */
  tensors: z.strictObject({ input: base64, trace: base64, output: base64 }),
  inclusion: inclusionJson.optional(),
})

/** What a consumer has of an answer at least. What else is said beside it is not read. */
const signedSchema = z.object({
  registry: z.object(registryJson.shape),
  receipt: receiptJson,
  signature: signatureJson,
  inclusion: inclusionJson.optional(),
})

/** An answer as a file: receipt, signature, every tensor, and the batch it was anchored in. */
export interface Bundle {
  readonly signed: SignedReceipt
  readonly tensors: Readonly<Record<"input" | "trace" | "output", Uint8Array>>
  readonly inclusion?: Inclusion
}

/** Packs an answer for a file. */
export function bundleOf(signed: SignedReceipt, run: Execution, inclusion?: Inclusion): Bundle {
  const pack = (space: Space) => joined(tensorsOf(run.program, space).map((tensor) => run.bytes(tensor)))
  const tensors = { input: pack(Space.Input), trace: pack(Space.Trace), output: pack(Space.Output) }
  return { signed, tensors, ...(inclusion ? { inclusion } : {}) }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** An upper bound on the bytes of a run's bundle before it is anchored, whatever its receipt says. */
export function bundleSize({ program }: Pick<Execution, "program">): number {
  const tensors = [Space.Input, Space.Trace, Space.Output].map((space) =>
    tensorsOf(program, space).reduce((bytes, tensor) => bytes + bytesIn(tensor), 0),
  )
  return tensors.reduce((size, bytes) => size + 4 * Math.ceil(bytes / 3), ROOM_FOR_RECEIPT)
}

const bytesIn = ({ type, length }: Tensor): number => length * widthOf(type)

/** A bundle as JSON text; integers are decimal strings. */
export function encodeBundle({ signed, tensors, inclusion }: Bundle): string {
  const { registry, receipt, signature } = signed
  const packed = Object.fromEntries(
    Object.entries(tensors).map(([space, bytes]) => [space, encodeBase64(bytes)]),
  )
  const value = { format: "onus.bundle.v1", registry, receipt, signature, tensors: packed, inclusion }
  return `${toJson(value)}\n`
}

/** Reads a bundle. @throws OnusError `BundleMalformed` that names the field. */
export const decodeBundle = (text: string): Bundle => bundleFrom(parse(text))

/** A receipt that somebody was given, with what else there is of the answer. */
export type HandedIn = Pick<Bundle, "signed" | "inclusion"> & Partial<Pick<Bundle, "tensors">>

/** Reads a bundle, or a signed receipt alone, as providers give it. @throws OnusError `BundleMalformed` that names the field. */
export function decodeHandedIn(text: string): HandedIn {
  const json = parse(text)
  if (typeof json === "object" && json !== null && Object.hasOwn(json, "format")) return bundleFrom(json)
  const { inclusion, ...signed } = checked(signedSchema, json)
  return { signed, ...(inclusion ? { inclusion } : {}) }
}

function bundleFrom(json: unknown): Bundle {
  const { registry, receipt, signature, tensors, inclusion } = checked(schema, json)
  const bytes = {
    input: decodeBase64(tensors.input),
    trace: decodeBase64(tensors.trace),
    output: decodeBase64(tensors.output),
  }
  return { signed: { registry, receipt, signature }, tensors: bytes, ...(inclusion ? { inclusion } : {}) }
}

function parse(text: string): unknown {
  if (text.length > MAX_LENGTH) throw malformed(`it has ${text.length} characters; ${MAX_LENGTH} are allowed`)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw malformed("it is not JSON", cause)
  }
}

function checked<T>(wanted: z.ZodType<T>, json: unknown): T {
  const parsed = wanted.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw malformed(`${issue.path.join(".") || "the file"}: ${issue.message}`, parsed.error)
}

/**
 * Lays the bytes of a bundle out as a run of the program.
 *
 * @throws OnusError `TensorSizeMismatch` when they do not fit the program.
 */
export function runOf(program: Program, bundle: Bundle): Execution {
  return new Execution(program, {
    [Space.Input]: unpack(program, bundle, Space.Input, "input"),
    [Space.Weights]: program.constants.map(({ data }) => data),
    [Space.Trace]: unpack(program, bundle, Space.Trace, "trace"),
    [Space.Output]: unpack(program, bundle, Space.Output, "output"),
  })
}

/**
 * The inputs of a bundle by name, to run its question again.
 *
 * @throws OnusError `TensorSizeMismatch` when they do not fit the program.
 */
export function inputsIn(program: Program, bundle: Bundle): Inputs {
  const tensors = unpack(program, bundle, Space.Input, "input")
  return Object.fromEntries(
    program.inputs.map(({ name, tensor }, i) => [name, valuesOf(tensor.type, tensors[i])]),
  )
}

function unpack(
  program: Program,
  { tensors }: Bundle,
  space: Space,
  name: "input" | "trace" | "output",
): Uint8Array[] {
  const sizes = tensorsOf(program, space).map(bytesIn)
  const total = sizes.reduce((all, size) => all + size, 0)
  if (tensors[name].length !== total) {
    const message = `The ${name} tensors have ${tensors[name].length} bytes; the model has ${total}`
    throw new OnusError("TensorSizeMismatch", message, {
      hint: "The answer is of another model than the file given",
    })
  }
  let at = 0
  return sizes.map((size) => tensors[name].slice(at, (at += size)))
}

function malformed(why: string, cause?: unknown): OnusError {
  return new OnusError("BundleMalformed", `This is not an answer bundle: ${why}`, { cause })
}
