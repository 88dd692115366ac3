import { hexlify } from "ethers"
import { Space, type Tensor, widthOf } from "../../protocol/program.ts"
import {
  CHUNK_BYTES,
  type NodePosition,
  leafDigest,
  nodeDigest,
  siblingsOf,
} from "../../protocol/tensor-tree.ts"
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
    open(other, first, count = 1) {
      const opening = honest.open(other, first, count)
      if (other.space !== tensor.space) return opening
      const position = other.firstLeaf + first
      const siblings = siblingsOf(position, count, path.length)
      const isAbove = ({ height, index }: NodePosition) => index === leaf >> height
      const lied = opening.path.map((digest, i) =>
        isAbove(siblings[i]) ? nodes[siblings[i].height] : digest,
      )
      const at = leaf - position
      if (at < 0 || at >= count) return { ...opening, path: lied }
      const bytes = opening.data.slice()
      bytes.set(data, at * CHUNK_BYTES)
      return { ...opening, data: bytes }
    },
  }
}
