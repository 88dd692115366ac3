import type { Command } from "commander"
import { OnusError } from "../protocol/errors.ts"
import type { Dimensions } from "../engine/onnx/dimensions.ts"
import type { OnnxGraph, OnnxTensor } from "../engine/onnx/graph.ts"
import { lower } from "../engine/program/lower.ts"
import type { Program } from "../engine/program/program.ts"
import { closedGraph, readGraph } from "../sdk/files/model.ts"
import { readTensors } from "./input.ts"

/** What an ONNX file leaves open and a program does not: it is part of the model id. */
export interface ModelOptions {
  readonly dim: readonly string[]
  readonly constant: readonly string[]
}

/** An option that may be given several times. */
export const collect = (value: string, all: string[]): string[] => [...all, value]

/** Adds the options of a command that reads an ONNX file. */
export function withModel(command: Command): Command {
  return command
    .option("--dim <name=n>", "size of a dimension that the file leaves open; once per name", collect, [])
    .option("--constant <name=file>", "an input that becomes part of the model; once per input", collect, [])
}

/** Reads and lowers an ONNX file. @throws OnusError as `loadOnnx`, `bindDimensions` and `lower`. */
export function readModel(path: string, options: ModelOptions = { dim: [], constant: [] }): Program {
  const graph = readGraph(path)
  const constants = readTensors(graph.inputs, options.constant)
  return lower(closed(graph, constants, options.dim))
}

/** The graph without open dimensions: by name, or as given tensors show. `constants` are no inputs any more. */
export function closed(
  graph: OnnxGraph,
  constants: ReadonlyMap<string, OnnxTensor>,
  dims: readonly string[],
  given: ReadonlyMap<string, OnnxTensor> = new Map(),
): OnnxGraph {
  return closedGraph(graph, constants, parseDims(dims), given)
}

/** @throws OnusError `DimensionInvalid`. */
export function parseDims(texts: readonly string[]): Dimensions {
  const dims = texts.map((text): [string, number] => {
    const [, name, size] = /^(.+)=(\d{1,10})$/.exec(text) ?? []
    if (name !== undefined) return [name, Number(size)]
    throw new OnusError("DimensionInvalid", `${JSON.stringify(text)} is no dimension with its size`, {
      hint: "Write --dim NAME=N, for example --dim batch=1",
    })
  })
  return Object.fromEntries(dims)
}
