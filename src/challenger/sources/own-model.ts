import { existsSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { z } from "zod"
import { OnusError, isOnusError } from "../../protocol/errors.ts"
import { bindDimensions } from "../../engine/onnx/dimensions.ts"
import type { OnnxTensor } from "../../engine/onnx/graph.ts"
import { loadOnnx } from "../../engine/onnx/load.ts"
import { saveOnnx } from "../../engine/onnx/save.ts"
import { lower } from "../../engine/program/lower.ts"
import { closedGraph, readGraph } from "../../sdk/files/model.ts"
import { readFile } from "../../sdk/files/read.ts"
import { readTensorFile } from "../../sdk/files/tensor-file.ts"
import type { ModelFile } from "../sources.ts"

/** What a file beside a model may say of it, as the configuration of a node does. */
const description = z.strictObject({
  dims: z.record(z.string(), z.number().int().nonnegative()).default({}),
  constants: z.record(z.string(), z.string()).default({}),
})

/** Where it is said how large the open dimensions of a model are, and which inputs are constants of it. */
export const descriptionOf = (path: string): string => `${path}.json`

/**
 * Reads a model of the operator as one whole file: with the weights that lie beside it, and closed as `FILE.onnx.json` says, if that is
 * there: `{"dims": {"batch": 1}, "constants": {"axis": "axis.pb"}}`.
 *
 * @throws OnusError as `loadOnnx`, `bindDimensions`, `readTensorFile`; `ModelDescriptionMalformed`.
 */
export function readOwnModel(path: string): ModelFile {
  const bytes = existsSync(descriptionOf(path)) ? closed(path) : wholeFile(path)
  return { bytes, shapes: {}, from: "operator" }
}

/** The model id of a file that is trusted: it is lowered in this thread. @throws OnusError as `loadOnnx`, `lower`. */
export function idOfModel({ bytes, shapes }: Pick<ModelFile, "bytes" | "shapes">): Promise<string> {
  return Promise.resolve(lower(bindDimensions(loadOnnx(bytes), {}, shapes)).modelId)
}

function wholeFile(path: string): Uint8Array {
  const bytes = readFile(path)
  try {
    loadOnnx(bytes)
    return bytes
  } catch (error) {
    if (!isOnusError(error, "OnnxExternalDataMissing")) throw error
    return saveOnnx(readGraph(path))
  }
}

function closed(path: string): Uint8Array {
  const { dims, constants } = readDescription(path)
  const graph = readGraph(path)
  const tensors = Object.entries(constants).map(([name, file]): [string, OnnxTensor] => {
    const input = graph.inputs.find((one) => one.name === name)
    if (input) return [name, readTensorFile(resolve(dirname(path), file), input)]
    throw malformed(path, `the model has no input ${JSON.stringify(name)}`)
  })
  return saveOnnx(closedGraph(graph, new Map(tensors), dims))
}

function readDescription(path: string): z.infer<typeof description> {
  let json: unknown
  try {
    json = JSON.parse(readFile(descriptionOf(path)).toString())
  } catch (cause) {
    if (cause instanceof OnusError) throw cause
    throw malformed(path, "it is not JSON")
  }
  const parsed = description.safeParse(json)
  if (parsed.success) return parsed.data
  const [{ path: place, message }] = parsed.error.issues
  throw malformed(path, `${place.join(".") || "the file"}: ${message}`)
}

const malformed = (path: string, why: string) =>
  new OnusError("ModelDescriptionMalformed", `${descriptionOf(path)} does not describe the model: ${why}`, {
    hint: 'Write {"dims": {"NAME": SIZE}, "constants": {"INPUT": "FILE"}}',
  })
