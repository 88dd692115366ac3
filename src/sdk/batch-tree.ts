import { keccak_256 } from "@noble/hashes/sha3.js"
import { getBytes, hexlify } from "ethers"
import { setImmediate as nextTurn } from "node:timers/promises"
import type { Batch, Inclusion } from "../protocol/batch.ts"
import { OnusError } from "../protocol/errors.ts"
import type { SumLeaf, SumNode } from "../protocol/sum-tree.ts"
import { treeDepth } from "../protocol/tree-depth.ts"

/*
 * A sum tree as bytes, to be kept beside its batch:
 *
 *   0..31  digest   32..47  sum, big-endian
 *
 * for every node, the leaves first, then each level above them as long as it is; what is absent is not there.
 */

const DIGEST = 32
const SUM = 16
const NODE = DIGEST + SUM
/** Nodes that are hashed before others have their turn: about two milliseconds. */
const SLICE = 512
/** Of a tree, in levels: as many as an index on-chain has bits. */
const DEEPEST = 32
const LARGEST_SUM = (1n << 128n) - 1n

/** What stands for the missing right side, on each level. */
const ABSENT = absentNodes()

/**
 * Grows the sum tree of a batch, of the same digests as `SumTree`. Gives other work its turn meanwhile, however many receipts
 * there are.
 *
 * @throws OnusError `BatchEmpty`, `BatchCoverageTooLarge`.
 */
export async function growTree(leaves: readonly SumLeaf[]): Promise<Uint8Array> {
  const count = leaves.length
  if (count === 0) throw new OnusError("BatchEmpty", "A batch needs at least one receipt")
  const total = leaves.reduce((sum, { coverage }) => sum + coverage, 0n)
  if (total > LARGEST_SUM || leaves.some(({ coverage }) => coverage < 0n)) {
    throw new OnusError("BatchCoverageTooLarge", `A coverage of ${total} does not fit a batch`)
  }
  const levels = levelsOf(count)
  const tree = new Uint8Array(levels.reduce((nodes, level) => nodes + level.length, 0) * NODE)
  const message = new Uint8Array(1 + DIGEST + SUM)
  message[0] = 0x10
  for (const [i, { receiptId, coverage }] of leaves.entries()) {
    if (i % SLICE === SLICE - 1) await nextTurn()
    message.set(getBytes(receiptId), 1)
    writeSum(message, 1 + DIGEST, coverage)
    tree.set(keccak_256(message), i * NODE)
    tree.set(message.subarray(1 + DIGEST), i * NODE + DIGEST)
  }
  for (let height = 1; height < levels.length; height++) {
    const { start, length } = levels[height]
    for (let i = 0; i < length; i++) {
      if (i % SLICE === SLICE - 1) await nextTurn()
      const [left, right] = [2 * i, 2 * i + 1].map((at) => nodeAt(tree, levels, height - 1, at))
      tree.set(parentOf(left, right), (start + i) * NODE)
    }
  }
  return tree
}

/** Digest and coverage of a whole tree. */
export const rootOf = (tree: Uint8Array): SumNode => decode(tree.subarray(-NODE))

/**
 * Where a receipt stands in its batch.
 *
 * @param index of its leaf.
 * @throws OnusError `BatchIndexOutOfRange`, `BatchTreeMalformed` when the tree is not the one of the batch.
 */
export function inclusionOf(tree: Uint8Array, batch: Batch, index: number): Inclusion {
  const count = Number(batch.count)
  const levels = levelsOf(count)
  requireTree(tree, levels, batch)
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new OnusError("BatchIndexOutOfRange", `Leaf ${index} is not one of the batch's ${count}`)
  }
  const path = levels.slice(0, -1).map((_, height) => {
    return decode(nodeAt(tree, levels, height, Math.floor(index / 2 ** height) ^ 1))
  })
  return { batch, index: BigInt(index), path }
}

/**
 * Where all receipts of a batch stand, in their order. The paths share their nodes.
 *
 * @throws OnusError `BatchTreeMalformed` when the tree is not the one of the batch.
 */
export function* inclusionsOf(tree: Uint8Array, batch: Batch): Generator<Inclusion> {
  const count = Number(batch.count)
  const levels = levelsOf(count)
  requireTree(tree, levels, batch)
  const decoded: SumNode[][] = levels.map(() => [])
  for (let index = 0; index < count; index++) {
    const path = levels.slice(0, -1).map((_, height) => {
      const sibling = Math.floor(index / 2 ** height) ^ 1
      return (decoded[height][sibling] ??= decode(nodeAt(tree, levels, height, sibling)))
    })
    yield { batch, index: BigInt(index), path }
  }
}

function requireTree(tree: Uint8Array, levels: readonly Level[], batch: Batch): void {
  const nodes = levels.reduce((sum, level) => sum + level.length, 0)
  const root = tree.length === nodes * NODE ? rootOf(tree) : undefined
  if (root?.digest === batch.root.toLowerCase() && root.sum === batch.coverage) return
  throw new OnusError("BatchTreeMalformed", `This tree is not that of root ${batch.root}`, {
    hint: "If it was kept in a journal, something else has changed it: restore it",
  })
}

interface Level {
  /** Number of its first node among all. */
  readonly start: number
  readonly length: number
}

function levelsOf(count: number): Level[] {
  const levels: Level[] = []
  let [start, length] = [0, count]
  for (let height = 0; height <= treeDepth(count); height++) {
    levels.push({ start, length })
    start += length
    length = Math.ceil(length / 2)
  }
  return levels
}

function nodeAt(tree: Uint8Array, levels: readonly Level[], height: number, index: number): Uint8Array {
  const { start, length } = levels[height]
  if (index >= length) return ABSENT[height]
  return tree.subarray((start + index) * NODE, (start + index + 1) * NODE)
}

function parentOf(left: Uint8Array, right: Uint8Array): Uint8Array {
  const message = new Uint8Array(1 + 2 * NODE)
  message[0] = 0x11
  message.set(left, 1)
  message.set(right, 1 + NODE)
  const node = new Uint8Array(NODE)
  node.set(keccak_256(message))
  writeSum(node, DIGEST, readSum(left) + readSum(right))
  return node
}

function absentNodes(): readonly Uint8Array[] {
  const nodes: Uint8Array[] = [new Uint8Array(NODE)]
  nodes[0].set(keccak_256(Uint8Array.of(0x12)))
  for (let height = 1; height <= DEEPEST; height++) nodes.push(parentOf(nodes[height - 1], nodes[height - 1]))
  return nodes
}

function writeSum(bytes: Uint8Array, at: number, sum: bigint): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, SUM)
  view.setBigUint64(0, sum >> 64n)
  view.setBigUint64(8, sum & 0xffffffffffffffffn)
}

function readSum(node: Uint8Array): bigint {
  const view = new DataView(node.buffer, node.byteOffset + DIGEST, SUM)
  return (view.getBigUint64(0) << 64n) | view.getBigUint64(8)
}

const decode = (node: Uint8Array): SumNode => ({
  digest: hexlify(node.subarray(0, DIGEST)),
  sum: readSum(node),
})
