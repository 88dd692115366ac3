import { expect } from "chai"
import { bondFor } from "../../src/sdk/bond.ts"

describe("the bond for an answer", () => {
  it("still suffices when gas has become dearer by an eighth twice", async () => {
    const asked = 64n * 10n ** 9n
    const module = { answerPrice: () => Promise.resolve(asked), runner: null }
    expect(await bondFor(module, 0n)).to.be.at.least((asked * 81n) / 64n)
  })
})
