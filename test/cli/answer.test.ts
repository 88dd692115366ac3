import { expect } from "chai"
import { outputData, outputLines } from "../../src/cli/answer.ts"

describe("outputs", () => {
  it("say as data what is no number, which JSON cannot", () => {
    const data = outputData({ y: [NaN, Infinity, -Infinity, 1.5] })
    expect(data).to.deep.equal({ y: ["NaN", "Infinity", "-Infinity", 1.5] })
  })

  it("keep every digit of an int64", () => {
    const y = [2n ** 53n + 1n, -7n, 2n ** 62n + 1n]
    expect(outputData({ y })).to.deep.equal({ y: ["9007199254740993", -7, "4611686018427387905"] })
    expect(outputLines({ y })[1]).to.equal("largest: element 2, 4611686018427387905")
  })

  it("have their largest value among those that are numbers", () => {
    expect(outputLines({ y: [NaN, -2, 3, NaN] })).to.deep.equal([
      "y: NaN -2 3 NaN",
      "largest: element 2, 3.00000",
    ])
    expect(outputLines({ y: [-Infinity] })[1]).to.equal("largest: element 0, -Infinity")
    expect(outputLines({ y: [NaN] })[1]).to.equal("largest: none, no value is a number")
  })
})
