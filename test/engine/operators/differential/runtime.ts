import { InferenceSession, Tensor, env } from "onnxruntime-web"
import { elementsOf, tensorOf } from "../../../../src/engine/onnx/elements.ts"
import type { OnnxGraph, OnnxTensor } from "../../../../src/engine/onnx/graph.ts"
import { saveOnnx } from "../../../../src/engine/onnx/save.ts"
import type { TypeName } from "../elementwise-run.ts"

// One thread needs no workers, which would keep the test process alive.
env.wasm.numThreads = 1
env.logLevel = "fatal"

/** Tensors by name. */
export type Tensors = ReadonlyMap<string, OnnxTensor>

/** onnxruntime has no kernel for a graph, or refuses it. */
export class Refused extends Error {}

/**
 * What onnxruntime makes of a graph, by output. Nothing is optimised: each node is its own kernel.
 *
 * @throws Refused
 */
export async function runOnnx(graph: OnnxGraph, inputs: Tensors): Promise<Tensors> {
  const file = saveOnnx(graph)
  const session = await refusing(() =>
    InferenceSession.create(file, { graphOptimizationLevel: "disabled", logSeverityLevel: 4 }),
  )
  try {
    const feeds = graph.inputs.map(({ name }) => [name, foreign(inputs.get(name)!)] as const)
    const results = await refusing(() =>
      session.run(Object.fromEntries(feeds) as never, { logSeverityLevel: 4 }),
    )
    return new Map(graph.outputs.map(({ name }) => [name, own(results[name])]))
  } finally {
    await session.release()
  }
}

async function refusing<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw new Refused(error instanceof Error ? error.message : String(error))
  }
}

const foreign = (tensor: OnnxTensor): Tensor =>
  new Tensor(tensor.elementType as "float32", elementsOf(tensor).slice() as Float32Array, tensor.dims)

const own = ({ type, dims, data }: Tensor): OnnxTensor =>
  tensorOf("", type as TypeName, dims, (data as Float32Array).slice() as never)
