import type { ElementType as OnnxType } from "../../engine/onnx/element-type.ts"
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from "../../engine/onnx/graph.ts"
import { seededDraw } from "../../engine/audit/sample.ts"
import { lower } from "../../engine/program/lower.ts"
import type { Program } from "../../engine/program/program.ts"
import { commit } from "../../engine/trace/commitment.ts"
import type { Caps } from "./caps.ts"
import { runAfresh } from "./run-afresh.ts"

/** What a sound machine makes of {@link testProgram} and {@link testInputs}. Bits of semantics 2, which do not change. */
export const KNOWN = {
  modelId: "0x0f9a734f6c4f00a1571a1293c2587db3b76e2ce973b305fdc3962f23917811a3",
  traceRoot: "0x499721f79822dd1d5253dbdf2f59b884fa360c884883d7782a170aa503f40d9f",
  outputRoot: "0xe2f0d9ae3af2bfe397f601e9830d6ce5c121f346fd4a814a8159832b93e8c120",
}

const SIDE = 12
const CHANNELS = 6
const CLASSES = 10
const draw = (seed: number) => seededDraw(seed)

/** A small network that takes most kernels: convolution, depthwise, pooling, matrices of floats and of bytes, exponentials, a rank. */
export function testProgram(): Program {
  const initializers = new Map<string, OnnxTensor>()
  const constant = (name: string, elementType: OnnxType, dims: number[], data: Uint8Array) =>
    initializers.set(name, { name, elementType, dims, data })
  const floats = (name: string, dims: number[], seed: number) =>
    constant(
      name,
      "float32",
      dims,
      new Uint8Array(
        someFloats(
          dims.reduce((a, b) => a * b, 1),
          seed,
        ).buffer,
      ),
    )
  floats("filter", [CHANNELS, 1, 3, 3], 1)
  floats("bias", [CHANNELS], 2)
  floats("depthwise", [CHANNELS, 1, 3, 3], 3)
  floats("matrix", [CHANNELS * 36, 32], 4)
  constant("bytes", "int8", [32, CLASSES], Uint8Array.from({ length: 32 * CLASSES }, bytesOf(9)))
  constant("scale", "float32", [], new Uint8Array(Float32Array.of(0.0625).buffer))
  constant("zero", "uint8", [], Uint8Array.of(128))
  constant("small", "float32", [], new Uint8Array(Float32Array.of(0.0002).buffer))
  const same = { kernel_shape: ints(3, 3), pads: ints(1, 1, 1, 1) }
  const nodes = [
    node("Conv", ["image", "filter", "bias"], ["features"], same),
    node("Relu", ["features"], ["positive"]),
    node("MaxPool", ["positive"], ["pooled"], { kernel_shape: ints(2, 2), strides: ints(2, 2) }),
    node("Conv", ["pooled", "depthwise"], ["mixed"], {
      ...same,
      group: { type: "int", value: BigInt(CHANNELS) },
    }),
    node("Flatten", ["mixed"], ["flat"]),
    node("MatMul", ["flat", "matrix"], ["hidden"]),
    node("Tanh", ["hidden"], ["squashed"]),
    node("QuantizeLinear", ["squashed", "scale", "zero"], ["quantized"]),
    node("MatMulInteger", ["quantized", "bytes", "zero"], ["sums"]),
    node("Cast", ["sums"], ["numbers"], { to: { type: "int", value: 1n } }),
    node("Mul", ["numbers", "small"], ["scores"]),
    node("Softmax", ["scores"], ["probabilities"]),
    node("ArgMax", ["probabilities"], ["class"], { axis: { type: "int", value: 1n } }),
  ]
  const graph: OnnxGraph = {
    name: "self-test",
    opset: 17,
    inputs: [{ name: "image", elementType: "float32", shape: [1, 1, SIDE, SIDE] }],
    outputs: ["probabilities", "class"].map((name) => ({ name, elementType: undefined, shape: undefined })),
    initializers,
    nodes,
  }
  return lower(graph)
}

/** The bytes of its input. */
export const testInputs = (): Uint8Array => new Uint8Array(someFloats(SIDE * SIDE, 6).buffer)

/**
 * Runs the test network in a fresh thread.
 *
 * @returns what is wrong with the machine, in a sentence; undefined if nothing is.
 */
export async function selfTest(
  caps: Pick<Caps, "runMs" | "loadMs">,
  program: Program = testProgram(),
): Promise<string | undefined> {
  if (program.modelId !== KNOWN.modelId)
    return `Lowering the test network gives model ${program.modelId}, not ${KNOWN.modelId}`
  try {
    const { outputRoot, traceRoot } = commit(await runAfresh(program, testInputs(), caps))
    if (outputRoot !== KNOWN.outputRoot)
      return `The outputs of the test network hash to ${outputRoot}, not to ${KNOWN.outputRoot}`
    if (traceRoot !== KNOWN.traceRoot)
      return `The trace of the test network hashes to ${traceRoot}, not to ${KNOWN.traceRoot}`
    return undefined
  } catch (error) {
    return `The test network cannot be run: ${(error as Error).message}`
  }
}

/** Numbers from -1 to 1, the same ones everywhere. */
function someFloats(length: number, seed: number): Float32Array<ArrayBuffer> {
  const next = draw(seed)
  return Float32Array.from({ length }, () => next(2 ** 24) / 2 ** 23 - 1)
}

function bytesOf(seed: number): () => number {
  const next = draw(seed)
  return () => next(256)
}

const ints = (...values: number[]): OnnxAttribute => ({ type: "ints", value: values.map(BigInt) })

const node = (
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
): OnnxNode => ({
  name: outputs[0],
  opType,
  domain: "",
  inputs,
  outputs,
  attributes: new Map(Object.entries(attributes)),
})
