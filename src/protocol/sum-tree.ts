import { concat, keccak256, toBeHex } from "ethers"
import { OnusError } from "./errors.ts"
import { treeDepth } from "./tree-depth.ts"

/** A node of a sum tree: digest and the coverage below it. */
export interface SumNode {
  readonly digest: string
  readonly sum: bigint
}

/** One receipt of a batch. */
export interface SumLeaf {
  readonly receiptId: string
  readonly coverage: bigint
}

const ABSENT: SumNode = { digest: keccak256("0x12"), sum: 0n }

/** Leaf of the sum tree. Twin of `contracts/libraries/SumTree.sol`. */
export function sumLeaf({ receiptId, coverage }: SumLeaf): SumNode {
  return { digest: keccak256(concat(["0x10", receiptId, toBeHex(coverage, 16)])), sum: coverage }
}

/** Inner node of the sum tree. */
export function sumNode(left: SumNode, right: SumNode): SumNode {
  const parts = ["0x11", left.digest, toBeHex(left.sum, 16), right.digest, toBeHex(right.sum, 16)]
  return { digest: keccak256(concat(parts)), sum: left.sum + right.sum }
}

/** A sum tree over the receipts of a batch, in the order given. */
export class SumTree {
  readonly #levels: SumNode[][]
  readonly count: number

  /** @throws OnusError `BatchEmpty`. */
  constructor(leaves: readonly SumLeaf[]) {
    if (leaves.length === 0) throw new OnusError("BatchEmpty", "A batch needs at least one receipt")
    this.count = leaves.length
    this.#levels = [leaves.map(sumLeaf)]
    let absent = ABSENT
    for (let level = 0; level < treeDepth(leaves.length); level++) {
      const below = this.#levels[level]
      const above: SumNode[] = []
      for (let i = 0; i < below.length; i += 2) above.push(sumNode(below[i], below[i + 1] ?? absent))
      absent = sumNode(absent, absent)
      this.#levels.push(above)
    }
  }

  /** Digest and total coverage. */
  get root(): SumNode {
    return this.#levels[this.#levels.length - 1][0]
  }

  /** Siblings from the leaf upwards. */
  path(index: number): SumNode[] {
    if (!Number.isInteger(index) || index < 0 || index >= this.count) {
      throw new OnusError("BatchIndexOutOfRange", `Leaf ${index} is not one of the batch's ${this.count}`)
    }
    let absent = ABSENT
    return this.#levels.slice(0, -1).map((level, height) => {
      const sibling = level[(index >> height) ^ 1] ?? absent
      absent = sumNode(absent, absent)
      return sibling
    })
  }
}

/**
 * Recomputes the root from a leaf and its path.
 *
 * @throws OnusError `BatchPathInvalid` when the path does not lead to `root`.
 */
export function verifySumPath(
  root: SumNode,
  count: number,
  leaf: SumLeaf,
  index: number,
  path: readonly SumNode[],
): void {
  const fail = (why: string) => {
    throw new OnusError(
      "BatchPathInvalid",
      `Receipt ${leaf.receiptId} is not at ${index} of the batch: ${why}`,
    )
  }
  if (path.length !== treeDepth(count)) fail(`the path has ${path.length} nodes, not ${treeDepth(count)}`)
  if (index < 0 || index >= count) fail(`the batch has ${count} receipts`)
  const top = path.reduce(
    (node, sibling, level) => ((index >> level) & 1 ? sumNode(sibling, node) : sumNode(node, sibling)),
    sumLeaf(leaf),
  )
  if (top.digest !== root.digest || top.sum !== root.sum)
    fail(`the path leads to ${top.digest}, not ${root.digest}`)
}
