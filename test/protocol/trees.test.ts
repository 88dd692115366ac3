import { expect } from "chai"
import { concat, dataLength, dataSlice, getBytes, hexlify, id, sha256 as ethersSha256 } from "ethers"
import { network } from "hardhat"
import { ElementType, Space, widthOf } from "../../src/protocol/program.ts"
import { SumTree, sumLeaf, sumNode, verifySumPath } from "../../src/protocol/sum-tree.ts"
import { sha256Into as sha256InBrowsers } from "../../src/protocol/sha256.browser.ts"
import { sha256Into } from "../../src/protocol/sha256.ts"
import {
  CHUNK_BYTES,
  PROGRAM_KIND,
  type TensorTree,
  chunksOf,
  leafDigest,
  nodeDigest,
} from "../../src/protocol/tensor-tree.ts"
import { TreeBuilder, treeBytes, treeOf } from "../../src/protocol/tree-builder.ts"
import { treeDepth } from "../../src/protocol/tree-depth.ts"
import type { LibraryHarness } from "../../types/contracts/index.js"
import { expectRefusal } from "../engine/onnx/models.ts"
import { TYPES } from "../engine/random-elements.ts"
import { seeded } from "../referee/float32-cases.ts"
import { TREES } from "./vectors.ts"

const random = seeded(0x74726565)
/** A tensor as the contracts take it. */
interface TensorStruct {
  readonly space: Space
  readonly elementType: ElementType
  readonly id: number
  readonly firstLeaf: number
  readonly length: number
}

/** A tensor of bytes. */
const bytesOf = (space: Space, id: number, firstLeaf: number, data: string): TensorStruct => {
  return { space, elementType: ElementType.Uint8, id, firstLeaf, length: dataLength(data) }
}

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
        const tree = treeOf(leaves.map((leaf) => ({ ...leaf, data: getBytes(leaf.data) })))
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

    it("are accepted by the contract's library, chunk by chunk, for elements of all types", async () => {
      for (const lengths of [[1], [256], [257], [100, 300, 700], [1, 1, 1, 1, 1], [2000, 3]]) {
        for (const elementType of TYPES) {
          const width = widthOf(elementType)
          const tensors = lengths.map((length) => randomBytes(width * length))
          const tree = treeOf(tensors.flatMap((data, id) => chunksOf(Space.Trace, id, data)))
          let firstLeaf = 0
          for (const [id, data] of tensors.entries()) {
            const tensor = { space: Space.Trace, elementType, id, firstLeaf, length: lengths[id] }
            await expectChunks(tree, tensor, data)
            firstLeaf += Math.ceil((width * lengths[id]) / CHUNK_BYTES)
          }
        }
      }
    })

    /** Every chunk has its place in the tree, under its own tensor and with its own length only. */
    async function expectChunks(tree: TensorTree, tensor: TensorStruct, data: Uint8Array): Promise<void> {
      const chunks = chunksOf(tensor.space, tensor.id, data)
      const verify = (about: TensorStruct, chunk: number, bytes: Uint8Array, leaf: number) =>
        harness.verifyChunk(tree.root, tree.depth, about, chunk, bytes, tree.path(leaf))
      for (const { chunk, data: bytes } of chunks) {
        const leaf = tensor.firstLeaf + chunk
        await verify(tensor, chunk, bytes, leaf)
        const elsewhere = verify({ ...tensor, space: Space.Output }, chunk, bytes, leaf)
        await expect(elsewhere).to.be.revertedWithCustomError(harness, "PathInvalid")
        const shorter = verify(tensor, chunk, bytes.slice(1), leaf)
        await expect(shorter).to.be.revertedWithCustomError(harness, "ChunkLengthInvalid")
      }
      const last = tensor.firstLeaf + chunks.length - 1
      const beyond = verify(tensor, chunks.length, new Uint8Array(CHUNK_BYTES), last)
      await expect(beyond)
        .to.be.revertedWithCustomError(harness, "ChunkOutOfRange")
        .withArgs(chunks.length, chunks.length)
    }

    it("have the shared vectors' paths of ranges, which the contract's library accepts", async () => {
      for (const { space, depth, root, tensors } of TREES.ranges) {
        const tree = treeOf(tensors.flatMap(({ id, data }) => chunksOf(space, id, getBytes(data))))
        expect([tree.depth, hexlify(tree.root)]).to.deep.equal([depth, root])
        for (const { id, firstLeaf, data, ranges } of tensors) {
          const tensor = bytesOf(space, id, firstLeaf, data)
          for (const { first, end, path } of ranges) {
            const own = tree.path(firstLeaf + first, end - first)
            expect(own.map((sibling) => hexlify(sibling))).to.deep.equal(path)
            const range = dataSlice(data, first * CHUNK_BYTES, Math.min(end * CHUNK_BYTES, tensor.length))
            const { intact } = await harness.verifyChunks(root, depth, tensor, first, range, path)
            expect(intact).to.equal(true)
          }
        }
      }
    })

    describe("have ranges that the contract's library refuses", () => {
      const { space, depth, root, tensors } = TREES.ranges[4]
      // Three, five and one chunk of a tree of 16 leaves.
      const [short, long, last] = tensors.map(({ id, firstLeaf, data }) => ({
        tensor: bytesOf(space, id, firstLeaf, data),
        data,
      }))
      const tree = treeOf(tensors.flatMap(({ id, data }) => chunksOf(space, id, getBytes(data))))
      const part = (data: string, first: number, end: number): string =>
        dataSlice(data, first * CHUNK_BYTES, Math.min(end * CHUNK_BYTES, dataLength(data)))
      const path = (first: number, end: number): string[] =>
        tree.path(first, end - first).map((sibling) => hexlify(sibling))

      const cases: Record<string, [string, TensorStruct, number, string, string[], number[]?]> = {
        "past the tensor, into the next one": [
          "ChunkLengthInvalid",
          long.tensor,
          3,
          concat([part(long.data, 3, 5), last.data]),
          path(6, 9),
          [3072, 2048],
        ],
        "behind the tensor": ["ChunkOutOfRange", long.tensor, 5, last.data, path(8, 9), [5, 5]],
        "of no chunk": ["ChunkLengthInvalid", long.tensor, 1, "0x", path(4, 5), [0, 1024]],
        "of no chunk at the end": ["ChunkLengthInvalid", short.tensor, 2, "0x", path(2, 3), [0, 952]],
        "a byte short": [
          "ChunkLengthInvalid",
          long.tensor,
          0,
          dataSlice(long.data, 0, 2047),
          path(3, 5),
          [2047, 2048],
        ],
        "a byte long": [
          "ChunkLengthInvalid",
          long.tensor,
          0,
          dataSlice(long.data, 0, 2049),
          path(3, 5),
          [2049, 3072],
        ],
        "whose last chunk is filled up": [
          "ChunkLengthInvalid",
          short.tensor,
          1,
          concat([part(short.data, 1, 3), new Uint8Array(72)]),
          path(1, 3),
          [2048, 1976],
        ],
        "with a sibling less": ["PathLengthInvalid", long.tensor, 0, long.data, path(3, 8).slice(1), [2, 3]],
        "with a sibling more": [
          "PathLengthInvalid",
          long.tensor,
          0,
          long.data,
          [...path(3, 8), root],
          [4, 3],
        ],
        "with the siblings of one chunk": [
          "PathLengthInvalid",
          long.tensor,
          1,
          part(long.data, 1, 3),
          path(4, 5),
          [4, 3],
        ],
        "with siblings that changed places": [
          "PathInvalid",
          long.tensor,
          0,
          part(long.data, 0, 2),
          path(3, 5).with(0, path(3, 5)[1]).with(1, path(3, 5)[0]),
        ],
        "with the path of another position": [
          "PathInvalid",
          long.tensor,
          1,
          part(long.data, 1, 3),
          path(2, 4),
        ],
        "with the data of another position": [
          "PathInvalid",
          long.tensor,
          1,
          part(long.data, 3, 5),
          path(4, 6),
        ],
        "with chunks that changed places": [
          "PathInvalid",
          long.tensor,
          1,
          concat([part(long.data, 2, 3), part(long.data, 1, 2)]),
          path(4, 6),
        ],
        "of another tensor": ["PathInvalid", { ...long.tensor, id: 7 }, 1, part(long.data, 1, 3), path(4, 6)],
        "of another space": [
          "PathInvalid",
          { ...long.tensor, space: Space.Input },
          1,
          part(long.data, 1, 3),
          path(4, 6),
        ],
      }
      for (const [name, [error, tensor, first, data, siblings, values]] of Object.entries(cases)) {
        it(name, async () => {
          const call = harness.verifyChunks(root, depth, tensor, first, data, siblings)
          const refusal = expect(call).to.be.revertedWithCustomError(harness, error)
          await (values ? refusal.withArgs(...values) : refusal)
        })
      }

      it("that leave the tree", async () => {
        const two = randomBytes(2 * CHUNK_BYTES)
        const [left, right] = chunksOf(Space.Trace, 0, two).map(leafDigest)
        const pair = treeOf(chunksOf(Space.Trace, 0, two))
        const about = (firstLeaf: number) => bytesOf(Space.Trace, 0, firstLeaf, hexlify(two))
        await harness.verifyChunks(pair.root, 1, about(0), 0, two, [])
        for (const [levels, firstLeaf, siblings] of [
          [0, 0, []],
          [1, 1, [left, right]],
          [1, 2, []],
          [1, 2 ** 32 - 2, []],
        ] as const) {
          const call = harness.verifyChunks(pair.root, levels, about(firstLeaf), 0, two, [...siblings])
          await expect(call).to.be.revertedWithCustomError(harness, "PathInvalid")
        }
      })

      it("whose tree has a shorter chunk in the middle", async () => {
        const [a, b, c] = [CHUNK_BYTES, 500, CHUNK_BYTES].map(randomBytes)
        const leaves = [a, b, c].map((data, chunk) => ({ kind: Space.Trace, tensorId: 0, chunk, data }))
        const forged = treeOf(leaves)
        for (const length of [2548, 3072]) {
          const about = { ...bytesOf(Space.Trace, 0, 0, "0x"), length }
          const call = harness.verifyChunks(forged.root, 2, about, 0, concat([a, b, c]), forged.path(0, 3))
          await expect(call).to.be.revertedWithCustomError(
            harness,
            length === 2548 ? "PathInvalid" : "ChunkLengthInvalid",
          )
        }
      })
    })

    it("are folded as the contract's library does", async () => {
      for (const count of [1, 2, 4, 64, 512]) {
        const digests = Array.from({ length: count }, () => randomBytes(32))
        let level = digests
        while (level.length > 1)
          level = level.flatMap((left, i) => (i % 2 === 0 ? [nodeDigest(left, level[i + 1])] : []))
        expect(await harness.fold(digests)).to.equal(hexlify(level[0]))
      }
    })

    it("of programs are accepted by the contract's library, descriptor by descriptor", async () => {
      const descriptors = [700, 33, 1, 2048, 96].map(randomBytes)
      const tree = treeOf(
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
      const tree = treeOf([{ kind: Space.Input, tensorId: 0, chunk: 0, data }])
      const beyond = { space: Space.Input, elementType: ElementType.Float32, id: 0, firstLeaf: 1, length: 1 }
      const call = harness.verifyChunk(tree.root, 0, beyond, 0, data, [])
      await expect(call).to.be.revertedWithCustomError(harness, "PathInvalid")
      for (const index of [-1, 1, 0.5]) expectRefusal(() => tree.path(index), "LeafOutOfRange", `${index}`)
      for (const count of [0, -1, 2, 0.5, NaN])
        expectRefusal(() => tree.path(0, count), "LeafOutOfRange", `${count}`)
      expect(treeOf([]).depth).to.equal(0)
    })

    it("are the same in whatever order their tensors come, and hashed elsewhere or here", () => {
      const lengths = [1024, 0, 5000, 4, 1, 3072, 2047, 1024, 1024, 700]
      const tensors = lengths.map((length, id) => ({
        space: Space.Trace,
        id,
        data: randomBytes(length),
        firstLeaf: 0,
      }))
      let leafCount = 0
      for (const tensor of tensors) {
        tensor.firstLeaf = leafCount
        leafCount += Math.ceil(tensor.data.length / CHUNK_BYTES)
      }
      const leaves = tensors.flatMap(({ id, data }) => chunksOf(Space.Trace, id, data))
      const expected = treeOf(leaves)
      for (let round = 0; round < 40; round++) {
        const shared = new Uint8Array(new SharedArrayBuffer(treeBytes(leafCount)))
        const builder = new TreeBuilder(leafCount, shared)
        const rest = tensors.slice()
        while (rest.length > 0) {
          if (rest.some(({ data }) => data.length > 0))
            expectRefusal(() => builder.finish(), "LeafMissing", `${leafCount}`)
          const [tensor] = rest.splice(random() % rest.length, 1)
          if (random() % 2 === 0) builder.addTensor(tensor, tensor.data)
          else {
            const digests = chunksOf(tensor.space, tensor.id, tensor.data).map(leafDigest)
            builder.addDigests(tensor.firstLeaf, Uint8Array.from(digests.flatMap((digest) => [...digest])))
          }
        }
        const tree = builder.finish()
        expect(tree.root).to.deep.equal(expected.root)
        for (let leaf = 0; leaf < leafCount; leaf++)
          expect(tree.path(leaf)).to.deep.equal(expected.path(leaf))
      }
    })

    it("are hashed alike in Node and in browsers", () => {
      for (const length of [0, 1, 55, 56, 64, 65, 1038, 5000]) {
        const message = randomBytes(length)
        const [here, there] = [sha256Into, sha256InBrowsers].map((sha256) => {
          const target = new Uint8Array(40).fill(7)
          sha256(message, target, 5)
          return hexlify(target)
        })
        expect(there).to.equal(here)
        expect(here).to.equal(concat([new Uint8Array(5).fill(7), ethersSha256(message), "0x070707"]))
      }
    })

    it("tell leaves, nodes and absent leaves apart", () => {
      const leaf = (data: Uint8Array) => leafDigest({ kind: 0, tensorId: 0, chunk: 0, data })
      const [left, right] = [leaf(randomBytes(4)), leaf(randomBytes(4))]
      const absent = treeOf([]).root
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
