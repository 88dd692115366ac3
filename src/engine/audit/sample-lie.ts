import { hexlify } from "ethers"
import { Space, type Tensor, widthOf } from "../../protocol/program.ts"
import { CHUNK_BYTES, leafDigest, nodeDigest } from "../../protocol/tensor-tree.ts"
import type { Commitment } from "../trace/commitment.ts"

/**
 * What a provider commits to that has one bit of one element wrong, and everything else as it was computed. Only the
 * nodes above that element are hashed anew, so that a lie about each of many elements costs little.
 *
 * @param tensor of the trace or of the output.
 * @param bit its number within the element, least significant first.
 */
export function withFlippedBit(honest: Commitment, tensor: Tensor, element: number, bit: number): Commitment {
  const start = element * widthOf(tensor.type)
  const chunk = Math.floor(start / CHUNK_BYTES)
  const { data: right, path } = honest.open(tensor, chunk)
  const data = right.slice()
  data[(start % CHUNK_BYTES) + (bit >> 3)] ^= 1 << (bit & 7)

  const leaf = tensor.firstLeaf + chunk
  const nodes = [leafDigest({ kind: tensor.space, tensorId: tensor.id, chunk, data })]
  for (const [height, sibling] of path.entries()) {
    const isRight = (leaf >> height) & 1
    nodes.push(isRight ? nodeDigest(sibling, nodes[height]) : nodeDigest(nodes[height], sibling))
  }
  const root = hexlify(nodes[path.length])
  return {
    inputRoot: honest.inputRoot,
    traceRoot: tensor.space === Space.Trace ? root : honest.traceRoot,
    outputRoot: tensor.space === Space.Output ? root : honest.outputRoot,
    open(other, number) {
      const opening = honest.open(other, number)
      if (other.space !== tensor.space) return opening
      const place = other.firstLeaf + number
      if (place === leaf) return { ...opening, data }
      // Where the paths of two leaves meet, each has a node above the other as its sibling.
      const height = 31 - Math.clz32(place ^ leaf)
      return { ...opening, path: opening.path.with(height, nodes[height]) }
    },
  }
}
