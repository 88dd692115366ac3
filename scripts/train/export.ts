import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from "../../src/engine/onnx/graph.ts"
import type { Network } from "./network.ts"
import type { Parameter } from "./parameters.ts"

/** The trained network as an ONNX graph: `image` [1, 1, 28, 28] in, `probabilities` [1, 10] out. */
export function toOnnxGraph(network: Network): OnnxGraph {
  const conv = { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1] }
  const pool = { kernel_shape: [2, 2], strides: [2, 2] }
  const nodes = [
    node("conv1", "Conv", ["image", "conv1.weight", "conv1.bias"], conv),
    node("relu1", "Relu", ["conv1"]),
    node("pool1", "MaxPool", ["relu1"], pool),
    node("conv2", "Conv", ["pool1", "conv2.weight", "conv2.bias"], conv),
    node("relu2", "Relu", ["conv2"]),
    node("pool2", "MaxPool", ["relu2"], pool),
    node("features", "Flatten", ["pool2"], { axis: 1 }),
    node("dense1", "Gemm", ["features", "dense1.weight", "dense1.bias"], { transB: 1 }),
    node("relu3", "Relu", ["dense1"]),
    node("dense2", "Gemm", ["relu3", "dense2.weight", "dense2.bias"], { transB: 1 }),
    node("probabilities", "Softmax", ["dense2"], { axis: 1 }),
  ]
  return {
    name: "digits",
    opset: 17,
    inputs: [{ name: "image", elementType: "float32", shape: [1, 1, 28, 28] }],
    outputs: [{ name: "probabilities", elementType: "float32", shape: [1, 10] }],
    initializers: new Map(network.parameters.map((parameter) => [parameter.name, tensor(parameter)])),
    nodes,
  }
}

/** A node whose output has the node's name. */
function node(
  name: string,
  opType: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, number | readonly number[]>> = {},
): OnnxNode {
  const entries = Object.entries(attributes).map(([key, value]): [string, OnnxAttribute] => [
    key,
    typeof value === "number"
      ? { type: "int", value: BigInt(value) }
      : { type: "ints", value: value.map(BigInt) },
  ])
  return { name, opType, domain: "", inputs, outputs: [name], attributes: new Map(entries) }
}

function tensor({ name, dims, value }: Parameter): OnnxTensor {
  const view = new DataView(new ArrayBuffer(value.byteLength))
  value.forEach((element, at) => view.setFloat32(4 * at, element, true))
  return { name, elementType: "float32", dims, data: new Uint8Array(view.buffer) }
}
