import { readFileSync } from "node:fs"
import { expect } from "chai"
import { isOnusError } from "../../../src/protocol/errors.ts"
import { ModelProto } from "../../../src/engine/onnx/schema.ts"

/** The digit model that the project ships. */
export const DIGITS = readFileSync(new URL("../../../models/digits.onnx", import.meta.url))

type Message = Record<string, unknown>

/** A float32 tensor type as the file has it. */
export const FLOAT_2 = { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 2 }] } } }

/** Messages of a small correct model: y = x + w. Tests change one thing at a time. */
export const SMALL = {
  irVersion: 8,
  opsetImport: [{ version: 17 }],
  graph: {
    name: "small",
    input: [{ name: "x", type: FLOAT_2 }],
    output: [{ name: "y", type: FLOAT_2 }],
    initializer: [{ name: "w", dims: [2], dataType: 1, rawData: new Uint8Array(8) }],
    node: [{ name: "add", opType: "Add", input: ["x", "w"], output: ["y"] }],
  },
}

/** The file of {@link SMALL} with other parts of the graph. */
export function fileWith(graph: Message, model: Message = {}): Uint8Array {
  return encode({ ...SMALL, ...model, graph: { ...SMALL.graph, ...graph } })
}

/** The file of {@link SMALL} whose initializer has other fields. */
export function fileWithTensor(tensor: Message): Uint8Array {
  return fileWith({ initializer: [{ ...SMALL.graph.initializer[0], ...tensor }] })
}

/** The file of {@link SMALL} whose node has one attribute. */
export function fileWithAttribute(attribute: Message): Uint8Array {
  return fileWith({ node: [{ ...SMALL.graph.node[0], attribute: [attribute] }] })
}

/** Any messages as a file. */
export function encode(model: Message): Uint8Array {
  return ModelProto.encode(model).finish()
}

/** Expects an OnusError with the code, whose sentence has every one of the words. */
export function expectRefusal(action: () => unknown, code: string, ...words: string[]): void {
  try {
    action()
  } catch (error) {
    if (!isOnusError(error)) throw error
    expect(error.code, error.message).to.equal(code)
    for (const word of words) expect(error.message).to.contain(word)
    return
  }
  expect.fail(`nothing was refused, expected ${code}`)
}
