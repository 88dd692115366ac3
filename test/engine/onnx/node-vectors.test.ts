import { expect } from "chai"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { saveOnnx } from "../../../src/engine/onnx/save.ts"
import { decodeTensorFile, encodeTensorFile } from "../../../src/engine/onnx/tensor-file.ts"
import { caseNames, readCase } from "../../conformance/suite.ts"

describe("the models and tensors of the ONNX project's node tests", () => {
  const names = caseNames()

  it("are all read, and mean the same after being written", function () {
    if (names.length === 0) this.skip()
    for (const name of names) {
      const { graph, inputs, outputs } = readCase(name)
      expect(inputs.length, name).to.equal(graph.inputs.length)
      expect(outputs.length, name).to.equal(graph.outputs.length)
      expect(plain(loadOnnx(saveOnnx(graph))), name).to.deep.equal(plain(graph))
      for (const tensor of [...inputs, ...outputs]) {
        expect(plain(decodeTensorFile(encodeTensorFile(tensor))), name).to.deep.equal(plain(tensor))
      }
    }
  })
})

/** Views of files compare by their bytes. */
function plain(value: unknown): unknown {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Uint8Array) return Buffer.from(part).toString("base64")
    if (part instanceof Map) return [...(part as Map<unknown, unknown>)]
    return typeof part === "bigint" ? `${part}n` : part
  })
}
