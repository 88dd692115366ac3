import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { stat } from "node:fs/promises"
import { OnusError, isOnusError } from "../../protocol/errors.ts"
import type { Dimensions } from "../../engine/onnx/dimensions.ts"
import type { OnnxGraph, OnnxTensor } from "../../engine/onnx/graph.ts"
import { lower } from "../../engine/program/lower.ts"
import type { Program } from "../../engine/program/program.ts"
import { requireProvable } from "../../engine/program/provable.ts"
import { closedGraph, readGraph } from "../../sdk/files/model.ts"
import { readTensorFile } from "../../sdk/files/tensor-file.ts"
import type { ModelFile, ServedModel } from "../serve/model.ts"

/** A model as an operator describes it. */
export interface ModelSource {
  readonly name: string
  /** An ONNX file; files that hold its weights lie beside it. */
  readonly path: string
  readonly trace: "eager" | "lazy"
  /** Sizes of the dimensions that the file leaves open, by name. */
  readonly dimensions?: Dimensions
  /** Files of tensors for inputs that become part of the model, by name of the input. */
  readonly constants?: Readonly<Record<string, string>>
  /** Whether the file may be fetched from this node. */
  readonly isPublic?: boolean
}

/**
 * Reads, lowers and checks a model.
 *
 * @throws OnusError as `readGraph`, `bindDimensions`, `lower`, `readTensorFile`; `InputUnknown`; `ProofTooLarge` if an answer
 * could not be held against the provider.
 */
export async function loadModel(source: ModelSource): Promise<ServedModel> {
  const { name, path, trace, isPublic = false } = source
  const program = readProgram(source)
  return { name, program, trace, ...(isPublic ? { file: await describeFile(path) } : {}) }
}

/** A node may serve many models: an error says which one it is about. */
function readProgram({ name, path, dimensions = {}, constants = {} }: ModelSource): Program {
  try {
    const graph = readGraph(path)
    const program = lower(closedGraph(graph, readConstants(graph, constants), dimensions))
    requireProvable(program)
    return program
  } catch (error) {
    if (!isOnusError(error)) throw error
    const { code, message, hint } = error
    throw new OnusError(code, `Model ${name} in ${path} cannot be served: ${message}`, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

function readConstants(
  { inputs }: OnnxGraph,
  files: Readonly<Record<string, string>>,
): ReadonlyMap<string, OnnxTensor> {
  const tensors = Object.entries(files).map(([name, path]): [string, OnnxTensor] => {
    const input = inputs.find((one) => one.name === name)
    if (input) return [name, readTensorFile(path, input)]
    const known = inputs.map((one) => one.name).join(", ")
    throw new OnusError("InputUnknown", `The model has no input "${name}"; it has ${known}`)
  })
  return new Map(tensors)
}

async function describeFile(path: string): Promise<ModelFile> {
  const hash = createHash("sha256")
  for await (const part of createReadStream(path)) hash.update(part as Buffer)
  return { path, sha256: `0x${hash.digest("hex")}`, bytes: (await stat(path)).size }
}
