import type { InferenceSession, InferenceSessionFactory, TensorConstructor } from "onnxruntime-common"
import type { Contender, Race, Runner } from "./contender.ts"

interface Runtime {
  readonly InferenceSession: InferenceSessionFactory
  readonly Tensor: TensorConstructor
}

/** onnxruntime-web on WebAssembly. The number of threads is fixed by the first session of a process. */
export const onnxruntimeWeb = (threads: number): Contender => ({
  name: "onnxruntime-web",
  async start(race) {
    const runtime = await import("onnxruntime-web")
    runtime.env.wasm.numThreads = threads
    return open(runtime, race, { executionProviders: ["wasm"] })
  },
})

/** onnxruntime-node: native code with whatever the processor has. */
export const onnxruntimeNode = (threads: number): Contender => ({
  name: "onnxruntime-node",
  async start(race) {
    const runtime = (await import("onnxruntime-node")) as unknown as Runtime
    return open(runtime, race, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
    })
  },
})

async function open(
  { InferenceSession, Tensor }: Runtime,
  { file, inputs }: Race,
  options: InferenceSession.SessionOptions,
): Promise<Runner> {
  const session = await InferenceSession.create(file, { graphOptimizationLevel: "all", ...options })
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, { values, shape }]) => [
      name,
      new Tensor(typeOf(values), values as never, shape),
    ]),
  )
  return {
    run: async () => void (await session.run(feeds)),
    output: async () => {
      const results = await session.run(feeds)
      return Array.from(results[session.outputNames[0]].data as Float32Array, Number)
    },
    close: () => session.release(),
  }
}

function typeOf(values: object): "float32" | "uint8" | "int8" | "int32" | "int64" {
  if (values instanceof Float32Array) return "float32"
  if (values instanceof Uint8Array) return "uint8"
  if (values instanceof Int8Array) return "int8"
  return values instanceof Int32Array ? "int32" : "int64"
}
