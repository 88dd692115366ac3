import type { Values } from "../../src/engine/executor.ts"
import type { OnnxGraph } from "../../src/engine/onnx/graph.ts"

/** A network with inputs, as every contender gets it. */
export interface Race {
  readonly graph: OnnxGraph
  /** The same as an ONNX file. */
  readonly file: Uint8Array
  readonly inputs: Readonly<Record<string, { readonly values: Values; readonly shape: readonly number[] }>>
}

/** A runtime that has loaded a network. */
export interface Runner {
  /** Runs it once with the inputs of the race; resolves when all outputs are there. */
  run(): Promise<void>
  /** The first output, as numbers. */
  output(): Promise<number[]>
  close(): Promise<void>
}

export interface Contender {
  readonly name: string
  start(race: Race): Promise<Runner>
}
