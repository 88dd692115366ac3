import { expect } from "chai"
import { hexlify } from "ethers"
import { hashChunks, hashPairs } from "../../src/protocol/sha256-lanes.ts"
import { CHUNK_BYTES, chunksOf, leafDigest, nodeDigest } from "../../src/protocol/tensor-tree.ts"
import { seeded } from "../referee/float32-cases.ts"

const random = seeded(0x6c616e65)
const randomBytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random())

/** What a function writes from byte 5 on, and what is around it. */
function written(count: number, write: (target: Uint8Array, at: number) => void): string {
  const target = new Uint8Array(32 * count + 8).fill(7)
  write(target, 5)
  return hexlify(target)
}

describe("lanes", () => {
  it("hash chunks as leaves are hashed one by one", () => {
    for (const [i, count] of [0, 1, 2, 3, 4, 5, 63, 64, 65, 130].entries()) {
      const bytes = randomBytes(count * CHUNK_BYTES)
      const [kind, tensorId, chunk] = [i % 4, random(), i % 2 === 0 ? 0 : random() >>> 1]
      const digests = chunksOf(kind, tensorId, bytes).map((leaf) =>
        leafDigest({ ...leaf, chunk: chunk + leaf.chunk }),
      )
      const expected = written(count, (target, at) =>
        digests.forEach((digest, n) => target.set(digest, at + 32 * n)),
      )
      const actual = written(count, (target, at) => hashChunks(bytes, { kind, tensorId, chunk }, target, at))
      expect(actual).to.equal(expected)
    }
  })

  it("hash pairs as nodes are hashed one by one", () => {
    for (const count of [0, 1, 2, 3, 4, 5, 1023, 1024, 1025, 2051]) {
      const bytes = randomBytes(count * 64)
      const expected = written(count, (target, at) => {
        for (let n = 0; n < count; n++) {
          const [left, right] = [
            bytes.subarray(64 * n, 64 * n + 32),
            bytes.subarray(64 * n + 32, 64 * n + 64),
          ]
          target.set(nodeDigest(left, right), at + 32 * n)
        }
      })
      expect(written(count, (target, at) => hashPairs(bytes, target, at))).to.equal(expected)
    }
  })
})
