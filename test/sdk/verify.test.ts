import { expect } from "chai"
import { prepareBatch } from "../../src/sdk/anchor.ts"
import { brokenPromise, requireKept, requireTerms } from "../../src/sdk/verify.ts"
import { expectError } from "./expect-error.ts"
import { REGISTRY, receiptWith } from "./samples.ts"

const RECEIPT = receiptWith()
const [INCLUSION] = prepareBatch({ registry: REGISTRY }, [RECEIPT]).inclusions
const IN_TIME = { assurance: "anchored", since: RECEIPT.anchorBy } as const
const batchWith = (change: object) => ({ ...INCLUSION, batch: { ...INCLUSION.batch, ...change } })

describe("the promise of a receipt", () => {
  it("is kept by its batch, a longer window, and an attestation of its own", () => {
    for (const inclusion of [INCLUSION, batchWith({ window: 601n }), undefined])
      requireKept(RECEIPT, IN_TIME, inclusion)
    requireKept(RECEIPT, { ...IN_TIME, assurance: "final" }, INCLUSION)
  })

  it("is broken by a shorter window, another model, or being anchored late, named", async () => {
    const otherModel = batchWith({ modelId: `0x${"cc".repeat(32)}` })
    for (const [inclusion, since, words] of [
      [batchWith({ window: 599n }), RECEIPT.anchorBy, "599 s"],
      [otherModel, RECEIPT.anchorBy, "for model 0xcccc"],
      [INCLUSION, RECEIPT.anchorBy + 1n, "at the latest"],
    ] as const) {
      const keep = () => requireKept(RECEIPT, { ...IN_TIME, since }, inclusion)
      expect((await expectError("InclusionInvalid", keep)).message).to.contain(words)
      expect(brokenPromise(RECEIPT, { ...IN_TIME, since }, inclusion)).to.contain(words)
    }
  })

  it("is what was asked for", async () => {
    requireTerms(RECEIPT, { coverage: 10n, provider: RECEIPT.provider.toLowerCase() })
    const { hint } = await expectError("TermsMismatch", () => requireTerms(RECEIPT, { coverage: 11n }))
    expect(hint).to.contain("Refuse")
  })
})
