import { existsSync, readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { OnnxGraph, OnnxTensor } from "../../src/engine/onnx/graph.ts"
import { loadOnnx } from "../../src/engine/onnx/load.ts"
import { decodeTensorFile } from "../../src/engine/onnx/tensor-file.ts"

/** Where the node tests of the ONNX project lie: `ONUS_ONNX_NODE`, or beside the repository. */
export const SUITE =
  process.env.ONUS_ONNX_NODE ?? fileURLToPath(new URL("../../../shared/onnx-node", import.meta.url))

/** One node test: a model with the inputs it is given and the outputs it must return, in the order of the graph. */
export interface Case {
  readonly name: string
  readonly graph: OnnxGraph
  readonly inputs: readonly OnnxTensor[]
  readonly outputs: readonly OnnxTensor[]
}

/** The names of all cases, without the prefix `test_`; empty if the suite is not there. */
export function caseNames(): string[] {
  if (!existsSync(SUITE)) return []
  const folders = readdirSync(SUITE).filter((name) => existsSync(join(SUITE, name, "model.onnx")))
  return folders.map((name) => name.replace(/^test_/, ""))
}

export function readCase(name: string): Case {
  const folder = join(SUITE, `test_${name}`)
  const data = join(folder, "test_data_set_0")
  const tensors = (kind: string) => {
    const count = readdirSync(data).filter((file) => file.startsWith(`${kind}_`)).length
    return Array.from({ length: count }, (_, i) =>
      decodeTensorFile(readFileSync(join(data, `${kind}_${i}.pb`))),
    )
  }
  return {
    name,
    graph: loadOnnx(readFileSync(join(folder, "model.onnx"))),
    inputs: tensors("input"),
    outputs: tensors("output"),
  }
}
