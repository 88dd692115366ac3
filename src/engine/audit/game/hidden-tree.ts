import { OnusError } from "../../../protocol/errors.ts"
import { type TensorTree, nodeDigest, siblingsOf } from "../../../protocol/tensor-tree.ts"

/** Where a tree first differs: at a leaf, or somewhere below a node about which too little is known. */
export type Difference =
  | { readonly kind: "leaf"; readonly position: number }
  | { readonly kind: "hidden"; readonly height: number; readonly index: number }

/**
 * What a challenger knows of a tree that a provider committed to: what was revealed of it, and its own tree, which is
 * the same below every node whose digest is.
 */
export class HiddenTree {
  readonly #own: TensorTree
  readonly #known = new Map<string, Uint8Array>()

  constructor(own: TensorTree) {
    this.#own = own
  }

  get depth(): number {
    return this.#own.depth
  }

  /** The provider's. @throws OnusError `NodeHidden`. */
  get root(): Uint8Array {
    return this.#require(this.depth, 0)
  }

  /** Takes all descendants of a node on one level, and with them everything between. */
  reveal(height: number, index: number, descendants: readonly Uint8Array[]): void {
    let row = [...descendants]
    let level = height - Math.log2(row.length)
    for (; ; level++) {
      const first = index * row.length
      row.forEach((digest, i) => this.#known.set(key(level, first + i), digest))
      if (row.length === 1) break
      row = Array.from({ length: row.length / 2 }, (_, i) => nodeDigest(row[2 * i], row[2 * i + 1]))
    }
    this.#climb(height, index, row[0])
  }

  /** The digest of a node, if it is known or follows from what is. */
  digest(height: number, index: number): Uint8Array | undefined {
    const known = this.#known.get(key(height, index))
    if (known) return known
    for (let above = 1; above <= this.depth - height; above++) {
      const at = Math.floor(index / 2 ** above)
      const digest = this.#known.get(key(height + above, at))
      if (!digest) continue
      return this.#isOwn(height + above, at, digest) ? this.#own.node(height, index) : undefined
    }
    return undefined
  }

  /** Digests of the `siblingsOf` successive leaves. @throws OnusError `NodeHidden` if one is not known. */
  path(position: number, count = 1): Uint8Array[] {
    return siblingsOf(position, count, this.depth).map(({ height, index }) => this.#require(height, index))
  }

  /**
   * The first leaf between `from` and `to` that differs, if one does. Only differences within these bounds count.
   *
   * On the way down to a leaf, all siblings become known, of all leaves within the bounds that come before it: that is what
   * {@link path} needs. So nothing is concluded from a node whose sibling is not known, which somebody else has asked for alone.
   */
  firstDifference(from: number, to: number): Difference | undefined {
    return this.#search(this.depth, 0, from, to)
  }

  #search(height: number, index: number, from: number, to: number): Difference | undefined {
    const size = 2 ** height
    if (from >= to || (index + 1) * size <= from || index * size >= to) return undefined
    const digest = this.digest(height, index)
    if (digest && this.#isOwn(height, index, digest)) return undefined
    if (height === 0) return digest ? { kind: "leaf", position: index } : { kind: "hidden", height, index }
    const children = [2 * index, 2 * index + 1]
    if (!children.every((child) => this.digest(height - 1, child))) return { kind: "hidden", height, index }
    return this.#search(height - 1, children[0], from, to) ?? this.#search(height - 1, children[1], from, to)
  }

  /** Learns the nodes above one, as far as their other children are known. */
  #climb(height: number, index: number, digest: Uint8Array): void {
    while (height < this.depth) {
      const sibling = this.digest(height, index ^ 1)
      if (!sibling) return
      digest = index % 2 === 0 ? nodeDigest(digest, sibling) : nodeDigest(sibling, digest)
      height++
      index = Math.floor(index / 2)
      if (this.#known.has(key(height, index))) return
      this.#known.set(key(height, index), digest)
    }
  }

  #require(height: number, index: number): Uint8Array {
    const digest = this.digest(height, index)
    if (!digest) throw new OnusError("NodeHidden", `Node ${index} at height ${height} was not revealed`)
    return digest
  }

  #isOwn(height: number, index: number, digest: Uint8Array): boolean {
    const own = this.#own.node(height, index)
    return digest.every((byte, i) => byte === own[i])
  }
}

const key = (height: number, index: number): string => `${height}/${index}`
