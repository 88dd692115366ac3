import { TYPE_NAMES } from "../../../../src/engine/executor.ts"
import { elementsOf } from "../../../../src/engine/onnx/elements.ts"
import type { OnnxTensor } from "../../../../src/engine/onnx/graph.ts"
import { loadOnnx } from "../../../../src/engine/onnx/load.ts"
import { saveOnnx } from "../../../../src/engine/onnx/save.ts"
import { lowerWith } from "../../../../src/engine/program/freeze.ts"
import { interpret } from "../../../../src/engine/reference/interpreter.ts"
import type { Given } from "./graph-maker.ts"
import type { Tensors } from "./runtime.ts"

/** What the reference interpreter makes of a graph, through the bytes of a file as a user's model comes. */
export function runOurs({ graph, inputs }: Given): Tensors {
  const { program } = lowerWith(loadOnnx(saveOnnx(graph)), inputs)
  const given = program.inputs.map(({ name }) => [name, elementsOf(inputs.get(name)!)] as const)
  const run = interpret(program, Object.fromEntries(given) as never)
  return new Map(
    program.outputs.map(({ name, shape, tensor }): [string, OnnxTensor] => [
      name,
      { name, elementType: TYPE_NAMES[tensor.type], dims: shape, data: run.bytes(tensor) },
    ]),
  )
}
