import { sha256Into } from "#sha256"
import { OnusError } from "./errors.ts"
import { treeDepth } from "./tree-depth.ts"

/** Bytes of one chunk of a tensor, whatever its element type. */
export const CHUNK_BYTES = 1024
/** The kind of the leaves that hold descriptors; other kinds are `Space` numbers. */
export const PROGRAM_KIND = 4
/** Bytes of one digest. */
export const DIGEST_BYTES = 32

/** What a leaf of a tree says about its data. */
export interface LeafLabel {
  readonly kind: number
  readonly tensorId: number
  readonly chunk: number
}

/** A chunk or descriptor with its label. */
export interface LeafData extends LeafLabel {
  readonly data: Uint8Array
}

/** Bytes in front of the data of a leaf when it is hashed. */
export const LEAF_PREFIX_BYTES = 14

/** Writes `0x00 || kind || tensor id || chunk || length`, integers big-endian. */
export function writeLeafPrefix(to: DataView, { kind, tensorId, chunk }: LeafLabel, length: number): void {
  to.setUint8(0, 0)
  to.setUint8(1, kind)
  to.setUint32(2, tensorId)
  to.setUint32(6, chunk)
  to.setUint32(10, length)
}

function sha256(message: Uint8Array): Uint8Array {
  const digest = new Uint8Array(DIGEST_BYTES)
  sha256Into(message, digest, 0)
  return digest
}

/** `sha256(0x00 || kind || tensor id || chunk || length || data)`. Twin of `contracts/libraries/TensorTree.sol`. */
export function leafDigest(leaf: LeafData): Uint8Array {
  const message = new Uint8Array(LEAF_PREFIX_BYTES + leaf.data.length)
  writeLeafPrefix(new DataView(message.buffer), leaf, leaf.data.length)
  message.set(leaf.data, LEAF_PREFIX_BYTES)
  return sha256(message)
}

/** `sha256(0x01 || left || right)`. */
export function nodeDigest(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(Uint8Array.of(1, ...left, ...right))
}

const ABSENT = [sha256(Uint8Array.of(2))]

/** The root of a subtree of that height in which no leaf is there. */
export function absentDigest(height: number): Uint8Array {
  while (ABSENT.length <= height) {
    const below = ABSENT[ABSENT.length - 1]
    ABSENT.push(nodeDigest(below, below))
  }
  return ABSENT[height]
}

/** Splits the bytes of a tensor into labelled chunks. */
export function chunksOf(kind: number, tensorId: number, bytes: Uint8Array): LeafData[] {
  const leaves: LeafData[] = []
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    leaves.push({ kind, tensorId, chunk: at / CHUNK_BYTES, data: bytes.subarray(at, at + CHUNK_BYTES) })
  }
  return leaves
}

/**
 * Where each level of a tree begins among its digests, leaves first; behind them, how many digests there are.
 * Only digests with a leaf below them are kept.
 */
export function levelStarts(leafCount: number): number[] {
  const starts = [0, leafCount]
  for (let size = leafCount; size > 1;) {
    size = Math.ceil(size / 2)
    starts.push(starts[starts.length - 1] + size)
  }
  return starts
}

/** A node of a tree. */
export interface NodePosition {
  /** Above the leaves. */
  readonly height: number
  /** From the left, among the nodes of that height. */
  readonly index: number
}

/**
 * The siblings that prove successive leaves together, in the order of their path: from the bottom upwards; at each
 * height the one on the left if the first node is a right child, then the one on the right if the last node is a
 * left child. It follows from the positions alone, which is why the contract needs no more than the digests.
 *
 * @param first the position of the first leaf.
 * @param depth of the tree.
 */
export function siblingsOf(first: number, count: number, depth: number): NodePosition[] {
  const siblings: NodePosition[] = []
  let last = first + count - 1
  for (let height = 0; height < depth; height++) {
    if (first % 2 === 1) siblings.push({ height, index: first - 1 })
    if (last % 2 === 0) siblings.push({ height, index: last + 1 })
    first = Math.floor(first / 2)
    last = Math.floor(last / 2)
  }
  return siblings
}

/** A Merkle tree of fixed depth; leaves that are not there hash to a constant. `TreeBuilder` makes them. */
export class TensorTree {
  readonly depth: number
  readonly leafCount: number
  readonly #digests: Uint8Array
  readonly #starts: readonly number[]

  /** @param digests those of all levels in the order of {@link levelStarts}; not copied. */
  constructor(leafCount: number, digests: Uint8Array) {
    this.depth = treeDepth(leafCount)
    this.leafCount = leafCount
    this.#digests = digests
    this.#starts = levelStarts(leafCount)
  }

  /** Those of all levels, as they were given: what makes the same tree elsewhere. */
  get digests(): Uint8Array {
    return this.#digests
  }

  get root(): Uint8Array {
    return this.leafCount === 0 ? absentDigest(0) : this.#digest(this.#starts[this.depth])
  }

  /** Digests of the {@link siblingsOf} `count` leaves from `position` on. @throws OnusError `LeafOutOfRange`. */
  path(position: number, count = 1): Uint8Array[] {
    const isRange = Number.isInteger(position) && Number.isInteger(count) && position >= 0 && count > 0
    if (!isRange || position + count > this.leafCount) {
      const leaves =
        count === 1 ? `Leaf ${position} is not one` : `${count} leaves from ${position} on are not`
      throw new OnusError("LeafOutOfRange", `${leaves} of ${this.leafCount}`)
    }
    return siblingsOf(position, count, this.depth).map(({ height, index }) => this.node(height, index))
  }

  /** Node `index` at `height` above the leaves; absent if there is no leaf below it. */
  node(height: number, index: number): Uint8Array {
    const at = this.#starts[height] + index
    return at < this.#starts[height + 1] ? this.#digest(at) : absentDigest(height)
  }

  /** Siblings of a node and of what is above it, from the bottom upwards. */
  nodePath(height: number, index: number): Uint8Array[] {
    return Array.from({ length: this.depth - height }, (_, level) =>
      this.node(height + level, Math.floor(index / 2 ** level) ^ 1),
    )
  }

  /** A copy: a view would keep all digests alive. */
  #digest(at: number): Uint8Array {
    return this.#digests.slice(at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES)
  }
}
