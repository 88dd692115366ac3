import { expect } from "chai"
import fc from "fast-check"
import { id } from "ethers"
import { growTree, inclusionOf, inclusionsOf, rootOf } from "../../src/sdk/batch-tree.ts"
import { SumTree, verifySumPath } from "../../src/protocol/sum-tree.ts"
import { expectError } from "./expect-error.ts"

const leavesOf = (coverages: readonly bigint[]) =>
  coverages.map((coverage, i) => ({ receiptId: id(`receipt ${i}`), coverage }))

const batchOf = (tree: Uint8Array, count: number) => {
  const { digest, sum } = rootOf(tree)
  const modelId = id("model")
  return {
    provider: `0x${"11".repeat(20)}`,
    modelId,
    root: digest,
    count: BigInt(count),
    coverage: sum,
    window: 600n,
  }
}

describe("the tree of a batch as bytes", () => {
  it("has the root and the paths of the sum tree, whatever the number of receipts", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.bigInt(1n, (1n << 100n) - 1n), { minLength: 1, maxLength: 70 }),
        async (amounts) => {
          const leaves = leavesOf(amounts)
          const expected = new SumTree(leaves)
          const tree = await growTree(leaves)
          expect(rootOf(tree)).deep.equal(expected.root)
          const batch = batchOf(tree, leaves.length)
          for (const i of leaves.keys()) {
            expect(inclusionOf(tree, batch, i).path).deep.equal(expected.path(i))
          }
          expect([...inclusionsOf(tree, batch)]).deep.equal(leaves.map((_, i) => inclusionOf(tree, batch, i)))
        },
      ),
      { numRuns: 40 },
    )
  })

  it("holds ten thousand receipts and lets others have their turn meanwhile", async () => {
    const leaves = leavesOf(Array.from({ length: 10_000 }, (_, i) => BigInt(i + 1)))
    let turns = 0
    const counting = setInterval(() => turns++, 0)
    const tree = await growTree(leaves)
    clearInterval(counting)
    expect(turns).greaterThan(3)
    const batch = batchOf(tree, leaves.length)
    const { path } = inclusionOf(tree, batch, 9_999)
    verifySumPath(rootOf(tree), leaves.length, leaves[9_999], 9_999, path)
  })

  it("refuses no receipts, too much cover, and a tree that is not the batch's", async () => {
    await expectError("BatchEmpty", () => growTree([]))
    await expectError("BatchCoverageTooLarge", () => growTree(leavesOf([(1n << 128n) - 1n, 1n])))
    const tree = await growTree(leavesOf([1n, 2n, 3n]))
    const batch = batchOf(tree, 3)
    expect(() => inclusionOf(tree, batch, 3)).throw("Leaf 3 is not one")
    expect(() => inclusionOf(tree, { ...batch, coverage: 7n }, 0)).throw("is not that of root")
    expect(() => inclusionOf(tree.slice(48), batch, 0)).throw("is not that of root")
  })
})
