import { expect } from "chai"
import { batchId } from "../../src/protocol/batch.ts"
import { receiptId } from "../../src/protocol/receipt.ts"
import { verifySumPath } from "../../src/protocol/sum-tree.ts"
import { prepareBatch } from "../../src/sdk/anchor.ts"
import { expectError } from "./expect-error.ts"
import { REGISTRY, receiptWith } from "./samples.ts"

const client = { registry: REGISTRY }
const receipts = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    receiptWith({ requestId: `0x${String(i).padStart(64, "0")}`, coverage: BigInt(i + 1) }),
  )

describe("prepareBatch", () => {
  for (const count of [1, 2, 3, 5, 8])
    it(`sums the coverage of ${count} receipts and shows where each stands`, () => {
      const all = receipts(count)
      const prepared = prepareBatch(client, all)
      const { batch, inclusions } = prepared
      const { provider, modelId, challengeWindow: window } = all[0]
      expect(batch).to.deep.include({ provider, modelId, window, count: BigInt(count) })
      expect(batch.coverage).to.equal(BigInt((count * (count + 1)) / 2))
      expect(prepared.batchId).to.equal(batchId(batch))
      inclusions.forEach((inclusion, i) => {
        const leaf = { receiptId: receiptId(REGISTRY, all[i]), coverage: all[i].coverage }
        const root = { digest: batch.root, sum: batch.coverage }
        verifySumPath(root, count, leaf, Number(inclusion.index), inclusion.path)
        expect(inclusion.batch).to.equal(batch)
      })
    })

  it("depends on the order of the receipts", () => {
    const [a, b] = receipts(2)
    expect(prepareBatch(client, [a, b]).batchId).to.not.equal(prepareBatch(client, [b, a]).batchId)
  })

  it("refuses nothing, twice the same, and what belongs apart", async () => {
    const [a, b] = receipts(2)
    await expectError("BatchEmpty", () => prepareBatch(client, []))
    await expectError("BatchDuplicate", () => prepareBatch(client, [a, b, a]))
    for (const [field, value] of [
      ["provider", `0x${"cc".repeat(20)}`],
      ["modelId", `0x${"cc".repeat(32)}`],
      ["challengeWindow", 601n],
    ] as const) {
      const mixed = () => prepareBatch(client, [a, { ...b, [field]: value }])
      expect((await expectError("BatchMixed", mixed)).message).to.contain(field)
    }
  })
})
