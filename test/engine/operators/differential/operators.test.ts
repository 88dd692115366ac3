import { expect } from "chai"
import { OPERATORS } from "../../../../src/engine/program/operators/index.ts"
import { check } from "./check.ts"
import { LONG } from "./long.ts"
import { MAKERS } from "./operators.ts"
import { REFERENCES } from "./references.ts"

/** How many nodes of an operator are drawn: more of those that have many attributes. */
const USUAL = 8
const COUNTS: Readonly<Record<string, number>> = {
  Attention: 16,
  AveragePool: 16,
  Conv: 16,
  ConvTranspose: 24,
  MaxPool: 16,
  Pad: 24,
  Resize: 48,
  Slice: 24,
  TopK: 12,
  Upsample: 16,
}
const countOf = (op: string): number => (LONG ? 1000 : (COUNTS[op] ?? USUAL))

describe("the lowering of random nodes, beside onnxruntime", function () {
  this.timeout(0)

  it("covers every operator", () => {
    expect(Object.keys(MAKERS).sort()).to.deep.equal(Object.keys(OPERATORS).sort())
  })

  for (const [op, make] of Object.entries(MAKERS)) {
    const count = countOf(op)
    it(`means the same for ${count} of ${op}`, async () => {
      const problems: string[] = []
      for (let number = 0; number < count; number++) {
        const { kind, detail } = await check(op, make, number, REFERENCES[op])
        if (kind !== "same") problems.push(`case ${number}, ${kind}: ${detail}`)
      }
      expect(problems).to.deep.equal([])
    })
  }
})
