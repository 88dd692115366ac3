import { IS_NATIVE, sha256Into } from "#sha256"
import { OnusError } from "./errors.ts"
import { Messages } from "./messages.ts"
import type { Tensor } from "./program.ts"
import { hashChunks, hashPairs } from "./sha256-lanes.ts"
import {
  CHUNK_BYTES,
  DIGEST_BYTES,
  LEAF_PREFIX_BYTES,
  type LeafData,
  TensorTree,
  absentDigest,
  leafDigest,
  levelStarts,
  writeLeafPrefix,
} from "./tensor-tree.ts"

const digestCount = (leafCount: number): number => levelStarts(leafCount).at(-1) ?? 0

/** Bytes that a tree needs while it grows: its digests, and one byte for each that says whether it is known. */
export const treeBytes = (leafCount: number): number => digestCount(leafCount) * (DIGEST_BYTES + 1)

/** Of all builders of this thread: a message is hashed before the next one is put together. */
const LEAVES = new Messages(LEAF_PREFIX_BYTES, CHUNK_BYTES)

/** Fewer nodes than that are hashed one by one. */
const FEW = 4

/**
 * Grows a tree from leaves that come in any order. A node is hashed as soon as everything below it is known,
 * so that little is left to do after the last leaf.
 *
 * Several threads may grow one tree, each with a builder over the same shared memory and with leaves of its own.
 */
export class TreeBuilder {
  readonly #leafCount: number
  readonly #digests: Uint8Array
  readonly #starts: readonly number[]
  readonly #known: Uint8Array
  readonly #node = Uint8Array.of(1, ...new Uint8Array(2 * DIGEST_BYTES))

  /** @param memory {@link treeBytes} zeros, or what other builders of the same tree have made of them. */
  constructor(leafCount: number, memory: Uint8Array = new Uint8Array(treeBytes(leafCount))) {
    this.#leafCount = leafCount
    this.#digests = memory.subarray(0, digestCount(leafCount) * DIGEST_BYTES)
    this.#starts = levelStarts(leafCount)
    this.#known = memory.subarray(this.#digests.length)
  }

  /** Hashes the chunks of a tensor. */
  addTensor({ space, id, firstLeaf }: Pick<Tensor, "space" | "id" | "firstLeaf">, bytes: Uint8Array): void {
    // The last chunk may be shorter.
    const whole = IS_NATIVE ? 0 : Math.floor(bytes.length / CHUNK_BYTES)
    const rest = whole * CHUNK_BYTES
    const label = { kind: space, tensorId: id, chunk: 0 }
    hashChunks(bytes.subarray(0, rest), label, this.#digests, firstLeaf * DIGEST_BYTES)
    LEAVES.forEach(bytes.subarray(rest), (i, message, view) => {
      const chunk = whole + i
      writeLeafPrefix(view, { ...label, chunk }, message.length - LEAF_PREFIX_BYTES)
      sha256Into(message, this.#digests, (firstLeaf + chunk) * DIGEST_BYTES)
    })
    this.#climb(0, firstLeaf, firstLeaf + Math.ceil(bytes.length / CHUNK_BYTES))
  }

  /** Takes the digests of consecutive leaves that were hashed elsewhere. */
  addDigests(firstLeaf: number, digests: Uint8Array): void {
    this.#digests.set(digests, firstLeaf * DIGEST_BYTES)
    this.#climb(0, firstLeaf, firstLeaf + digests.length / DIGEST_BYTES)
  }

  /** The finished tree. @throws OnusError `LeafMissing`. */
  finish(): TensorTree {
    const missing = this.#known.indexOf(0)
    if (missing >= 0)
      throw new OnusError("LeafMissing", `Leaf ${missing} of ${this.#leafCount} was not hashed`)
    return new TensorTree(this.#leafCount, this.#digests)
  }

  /** Nodes `from` to `to` of a level have just become known: hashes what they complete. */
  #climb(level: number, from: number, to: number): void {
    if (from >= to) return
    const start = this.#starts[level]
    const size = this.#starts[level + 1] - start
    this.#known.fill(1, start + from + 1, start + to - 1)
    // Another thread may be at work next to this range. Each tells first and looks afterwards, so that one of
    // them, or both, will hash what they complete together.
    Atomics.store(this.#known, start + from, 1)
    Atomics.store(this.#known, start + to - 1, 1)
    if (size === 1) return
    const isKnown = (at: number) => at >= size || Atomics.load(this.#known, start + at) === 1
    const first = from % 2 === 1 && !isKnown(from - 1) ? (from + 1) / 2 : Math.floor(from / 2)
    const last = to % 2 === 1 && !isKnown(to) ? (to - 1) / 2 : Math.ceil(to / 2)
    this.#hashNodes(level, first, last)
    this.#climb(level + 1, first, last)
  }

  #hashNodes(level: number, first: number, last: number): void {
    const [start, above] = [this.#starts[level], this.#starts[level + 1]]
    const left = start + 2 * first
    const pairs = Math.floor((Math.min(start + 2 * last, above) - left) / 2)
    let done = 0
    if (pairs >= FEW) {
      const children = this.#digests.subarray(left * DIGEST_BYTES, (left + 2 * pairs) * DIGEST_BYTES)
      hashPairs(children, this.#digests, (above + first) * DIGEST_BYTES)
      done = pairs
    }
    for (; done < last - first; done++) {
      const at = (left + 2 * done) * DIGEST_BYTES
      const isAlone = done === pairs
      this.#node.set(this.#digests.subarray(at, at + (isAlone ? 1 : 2) * DIGEST_BYTES), 1)
      if (isAlone) this.#node.set(absentDigest(level), 1 + DIGEST_BYTES)
      sha256Into(this.#node, this.#digests, (above + first + done) * DIGEST_BYTES)
    }
  }
}

/** The tree of leaves of any length, in order. */
export function treeOf(leaves: readonly LeafData[]): TensorTree {
  const builder = new TreeBuilder(leaves.length)
  leaves.forEach((leaf, position) => builder.addDigests(position, leafDigest(leaf)))
  return builder.finish()
}
