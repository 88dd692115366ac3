import { expect } from "chai"
import { getBytes, hexlify, id } from "ethers"
import { network } from "hardhat"
import { Space } from "../../src/protocol/program.ts"
import { SumTree, sumLeaf, sumNode, verifySumPath } from "../../src/protocol/sum-tree.ts"
import {
  CHUNK_BYTES,
  PROGRAM_KIND,
  TensorTree,
  chunksOf,
  leafDigest,
  nodeDigest,
} from "../../src/protocol/tensor-tree.ts"
import { treeDepth } from "../../src/protocol/tree-depth.ts"
import type { LibraryHarness } from "../../types/contracts/index.js"
import { expectRefusal } from "../engine/onnx/models.ts"
import { seeded } from "../referee/float32-cases.ts"
import { TREES } from "./vectors.ts"

const random = seeded(0x74726565)
const randomBytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random())

describe("trees", () => {
  let harness: LibraryHarness

  before(async () => {
    const { ethers } = await network.create()
    harness = await ethers.deployContract("LibraryHarness")
  })

  it("have the depth that their number of leaves gives, in both languages", async () => {
    for (const { leaves, depth } of TREES.depths) {
      expect(treeDepth(leaves)).to.equal(depth)
      expect(await harness.treeDepth(leaves)).to.equal(depth)
    }
  })

  describe("of sums", () => {
    it("have the shared vectors' roots and paths in TypeScript", () => {
      for (const { leaves, root, paths } of TREES.sumTrees) {
        const tree = new SumTree(leaves)
        expect(tree.root).to.deep.equal(root)
        leaves.forEach((leaf, i) => {
          expect(tree.path(i)).to.deep.equal(paths[i])
          verifySumPath(root, leaves.length, leaf, i, paths[i])
        })
      }
    })

    it("are accepted by the contract's library, leaf by leaf", async () => {
      for (const { leaves, root, paths } of TREES.sumTrees) {
        for (const [i, { receiptId, coverage }] of leaves.entries()) {
          await harness.verifySum(root, leaves.length, receiptId, coverage, i, paths[i])
          expect(await harness.sumLeaf(receiptId, coverage)).to.equal(sumLeaf(leaves[i]).digest)
        }
      }
    })

    it("hash nodes alike", async () => {
      const [left, right] = [0, 1].map((i) => ({ digest: id(`${i}`), sum: 2n ** 127n + BigInt(i) }))
      expect(await harness.sumNode(left, right)).to.equal(sumNode(left, right).digest)
    })

    it("refuse wrong paths, positions and sums in both languages", async () => {
      const { leaves, root, paths } = TREES.sumTrees[3]
      const [leaf, path, count] = [leaves[2], paths[2], leaves.length]
      const more = { ...root, sum: root.sum + 1n }
      const wrong = [
        [root, count, leaf, 3, path, "SumPathInvalid"],
        [root, count, { ...leaf, coverage: leaf.coverage + 1n }, 2, path, "SumPathInvalid"],
        [more, count, leaf, 2, path, "SumPathInvalid"],
        [root, count, leaf, 2, path.with(1, { ...path[1], sum: 0n }), "SumPathInvalid"],
        [root, count, leaf, 2, path.slice(1), "SumPathLengthInvalid"],
        [root, 2 * count, leaf, 2, path, "SumPathLengthInvalid"],
        [root, count, leaf, count, path, "SumIndexOutOfRange"],
      ] as const
      for (const [top, size, { receiptId, coverage }, index, siblings, error] of wrong) {
        const call = harness.verifySum(top, size, receiptId, coverage, index, siblings.slice())
        await expect(call).to.be.revertedWithCustomError(harness, error)
        const twin = () => verifySumPath(top, size, { receiptId, coverage }, index, siblings)
        expectRefusal(twin, "BatchPathInvalid", receiptId)
      }
    })

    it("have at least one leaf, and no path to a leaf that is not there", () => {
      expectRefusal(() => new SumTree([]), "BatchEmpty")
      const tree = new SumTree(TREES.sumTrees[1].leaves)
      for (const index of [-1, 2, 0.5, NaN])
        expectRefusal(() => tree.path(index), "BatchIndexOutOfRange", `${index}`)
    })
  })

  describe("of tensors", () => {
    it("have the shared vectors' roots and paths in TypeScript", () => {
      for (const { leaves, depth, root, paths } of TREES.tensorTrees) {
        const tree = new TensorTree(leaves.map((leaf) => ({ ...leaf, data: getBytes(leaf.data) })))
        expect(tree.depth).to.equal(depth)
        expect(hexlify(tree.root)).to.equal(root)
        leaves.forEach((_, i) =>
          expect(tree.path(i).map((sibling) => hexlify(sibling))).to.deep.equal(paths[i]),
        )
      }
    })

    it("hash leaves and nodes as the contract's library does", async () => {
      for (const { leaves } of TREES.tensorTrees) {
        const digests = leaves.map((leaf) => hexlify(leafDigest({ ...leaf, data: getBytes(leaf.data) })))
        for (const [i, { kind, tensorId, chunk, data }] of leaves.entries())
          expect(await harness.tensorLeaf(kind, tensorId, chunk, data)).to.equal(digests[i])
        const [left, right] = [digests[0], digests[digests.length - 1]]
        const node = hexlify(nodeDigest(getBytes(left), getBytes(right)))
        expect(await harness.tensorNode(left, right)).to.equal(node)
      }
    })

    it("are accepted by the contract's library, chunk by chunk", async () => {
      for (const lengths of [[1], [256], [257], [100, 300, 700], [1, 1, 1, 1, 1], [2000, 3]]) {
        const tensors = lengths.map((length) => randomBytes(4 * length))
        const leaves = tensors.flatMap((data, tensorId) => chunksOf(Space.Trace, tensorId, data))
        const tree = new TensorTree(leaves)
        let firstLeaf = 0
        for (const [tensorId, data] of tensors.entries()) {
          const tensor = { space: Space.Trace, id: tensorId, firstLeaf, length: lengths[tensorId] }
          for (const { chunk, data: bytes } of chunksOf(Space.Trace, tensorId, data)) {
            const path = tree.path(firstLeaf + chunk)
            await harness.verifyChunk(tree.root, tree.depth, tensor, chunk, bytes, path)
            const elsewhere = { ...tensor, space: Space.Output }
            const call = harness.verifyChunk(tree.root, tree.depth, elsewhere, chunk, bytes, path)
            await expect(call).to.be.revertedWithCustomError(harness, "PathInvalid")
          }
          firstLeaf += Math.ceil(data.length / CHUNK_BYTES)
        }
      }
    })

    it("of programs are accepted by the contract's library, descriptor by descriptor", async () => {
      const descriptors = [700, 33, 1, 2048, 96].map(randomBytes)
      const tree = new TensorTree(
        descriptors.map((data, chunk) => ({ kind: PROGRAM_KIND, tensorId: 0, chunk, data })),
      )
      for (const [i, data] of descriptors.entries()) {
        await harness.verifyDescriptor(tree.root, tree.depth, i, data, tree.path(i))
        const call = harness.verifyDescriptor(tree.root, tree.depth, i ^ 1, data, tree.path(i))
        await expect(call).to.be.revertedWithCustomError(harness, "PathInvalid")
      }
    })

    it("have positions within their depth, and no path to a leaf that is not there", async () => {
      const [data] = [randomBytes(4)]
      const tree = new TensorTree([{ kind: Space.Input, tensorId: 0, chunk: 0, data }])
      const beyond = { space: Space.Input, id: 0, firstLeaf: 1, length: 1 }
      const call = harness.verifyChunk(tree.root, 0, beyond, 0, data, [])
      await expect(call).to.be.revertedWithCustomError(harness, "PathInvalid")
      for (const index of [-1, 1, 0.5]) expectRefusal(() => tree.path(index), "LeafOutOfRange", `${index}`)
      expect(new TensorTree([]).depth).to.equal(0)
    })

    it("tell leaves, nodes and absent leaves apart", () => {
      const leaf = (data: Uint8Array) => leafDigest({ kind: 0, tensorId: 0, chunk: 0, data })
      const [left, right] = [leaf(randomBytes(4)), leaf(randomBytes(4))]
      const absent = new TensorTree([]).root
      const digests = [
        left,
        right,
        absent,
        nodeDigest(left, right),
        nodeDigest(right, left),
        nodeDigest(left, left),
      ]
      digests.push(
        nodeDigest(left, absent),
        nodeDigest(absent, absent),
        leaf(new Uint8Array()),
        leaf(new Uint8Array(4)),
      )
      expect(new Set(digests.map((digest) => hexlify(digest))).size).to.equal(digests.length)
    })
  })
})
