import { type Dimensions, bindDimensions } from "../../engine/onnx/dimensions.ts"
import type { OnnxGraph, OnnxTensor } from "../../engine/onnx/graph.ts"
import { loadOnnx } from "../../engine/onnx/load.ts"
import { withConstants } from "../../engine/program/freeze.ts"
import { externalFiles } from "./external-data.ts"
import { readFile } from "./read.ts"

/** Reads an ONNX file and the files beside it that hold its weights. */
export function readGraph(path: string): OnnxGraph {
  return loadOnnx(readFile(path), { external: externalFiles(path) })
}

/** The graph without open dimensions: by name, or as given tensors show. `constants` are no inputs any more. */
export function closedGraph(
  graph: OnnxGraph,
  constants: ReadonlyMap<string, OnnxTensor>,
  dimensions: Dimensions,
  given: ReadonlyMap<string, OnnxTensor> = new Map(),
): OnnxGraph {
  const shapes = Object.fromEntries([...constants, ...given].map(([name, tensor]) => [name, tensor.dims]))
  return withConstants(bindDimensions(graph, dimensions, shapes), constants)
}
