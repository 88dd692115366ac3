import { createHash } from "node:crypto"
import { OnusError } from "./errors.ts"
import { treeDepth } from "./tree-depth.ts"

/** Bytes of one chunk: 256 float32 elements. */
export const CHUNK_BYTES = 1024
/** The kind of the leaves that hold descriptors; other kinds are `Space` numbers. */
export const PROGRAM_KIND = 4

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

const sha256 = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash("sha256")
  for (const part of parts) hash.update(part)
  return hash.digest()
}

const LEAF_BYTES = 14
const NODE_PREFIX = Uint8Array.of(1)
const ABSENT = sha256(Uint8Array.of(2))

/** `sha256(0x00 || kind || tensor id || chunk || length || data)`. Twin of `contracts/libraries/TensorTree.sol`. */
export function leafDigest({ kind, tensorId, chunk, data }: LeafData): Uint8Array {
  const prefix = new DataView(new ArrayBuffer(LEAF_BYTES))
  prefix.setUint8(1, kind)
  prefix.setUint32(2, tensorId)
  prefix.setUint32(6, chunk)
  prefix.setUint32(10, data.length)
  return sha256(new Uint8Array(prefix.buffer), data)
}

/** `sha256(0x01 || left || right)`. */
export function nodeDigest(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE_PREFIX, left, right)
}

/** Splits the bytes of a tensor into labelled chunks. */
export function chunksOf(kind: number, tensorId: number, bytes: Uint8Array): LeafData[] {
  const leaves: LeafData[] = []
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    leaves.push({ kind, tensorId, chunk: at / CHUNK_BYTES, data: bytes.subarray(at, at + CHUNK_BYTES) })
  }
  return leaves
}

/** A Merkle tree of fixed depth; leaves that are not there hash to a constant. */
export class TensorTree {
  readonly #levels: Uint8Array[][]
  readonly depth: number

  constructor(leaves: readonly LeafData[]) {
    this.depth = treeDepth(leaves.length)
    this.#levels = [leaves.length === 0 ? [ABSENT] : leaves.map(leafDigest)]
    let absent = ABSENT
    for (let level = 0; level < this.depth; level++) {
      const below = this.#levels[level]
      const above: Uint8Array[] = []
      for (let i = 0; i < below.length; i += 2) above.push(nodeDigest(below[i], below[i + 1] ?? absent))
      absent = nodeDigest(absent, absent)
      this.#levels.push(above)
    }
  }

  get root(): Uint8Array {
    return this.#levels[this.depth][0]
  }

  /** Siblings of leaf `position` from the bottom upwards. */
  path(position: number): Uint8Array[] {
    if (!Number.isInteger(position) || position < 0 || position >= this.#levels[0].length) {
      throw new OnusError("LeafOutOfRange", `Leaf ${position} is not one of ${this.#levels[0].length}`)
    }
    let absent = ABSENT
    return this.#levels.slice(0, -1).map((level, height) => {
      const sibling = level[Math.floor(position / 2 ** height) ^ 1] ?? absent
      absent = nodeDigest(absent, absent)
      return sibling
    })
  }
}
