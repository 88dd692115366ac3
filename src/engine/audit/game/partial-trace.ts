import { hexlify } from "ethers"
import { Space, type Tensor } from "../../../protocol/program.ts"
import { CHUNK_BYTES, leafDigest } from "../../../protocol/tensor-tree.ts"
import type { Execution } from "../../executor.ts"
import type { Commitment, Opening, RunTrees } from "../../trace/commitment.ts"
import { HiddenTree } from "./hidden-tree.ts"
import type { HiddenSpace, Question } from "./question.ts"

/** What answers a question: digests from left to right, the bytes of the chunk, or that a leaf is one of some tensor. */
export type Shown =
  | { readonly kind: "node"; readonly descendants: readonly Uint8Array[] }
  | { readonly kind: "chunk"; readonly data: Uint8Array }
  | { readonly kind: "tensor" }

/**
 * What a provider committed to, as far as a challenger knows it: by its own run where they agree, else by what was
 * revealed. Opens what the referee needs under the provider's roots.
 */
export class PartialTrace implements Commitment {
  readonly #run: Execution
  readonly #own: RunTrees
  readonly #hidden: Readonly<Record<HiddenSpace, HiddenTree>>
  readonly #chunks = new Map<string, Uint8Array>()

  /** @param own The trees of the challenger's run. */
  constructor(run: Execution, own: RunTrees) {
    this.#run = run
    this.#own = own
    this.#hidden = {
      [Space.Trace]: new HiddenTree(own[Space.Trace]),
      [Space.Output]: new HiddenTree(own[Space.Output]),
    }
  }

  /** The same for both: otherwise there is nothing to compare. */
  get inputRoot(): string {
    return hexlify(this.#own[Space.Input].root)
  }

  /** @throws OnusError `NodeHidden` as long as it is not known. */
  get traceRoot(): string {
    return hexlify(this.#hidden[Space.Trace].root)
  }

  get outputRoot(): string {
    return hexlify(this.#hidden[Space.Output].root)
  }

  tree(space: HiddenSpace): HiddenTree {
    return this.#hidden[space]
  }

  /** Takes an answer that the contract has accepted. */
  learn({ space, height, index, tensor }: Question, shown: Shown): void {
    if (shown.kind === "tensor") return
    if (shown.kind === "node") return this.#hidden[space].reveal(height, index, shown.descendants)
    const label = { kind: space, tensorId: tensor.id, chunk: index - tensor.firstLeaf }
    this.#chunks.set(`${space}/${index}`, shown.data)
    this.#hidden[space].reveal(0, index, [leafDigest({ ...label, data: shown.data })])
  }

  /** The provider's bytes of a chunk that was revealed. */
  revealed({ space, firstLeaf }: Tensor, chunk: number): Uint8Array | undefined {
    return this.#chunks.get(`${space}/${firstLeaf + chunk}`)
  }

  /** @throws OnusError `NodeHidden` if too little is known. */
  open(tensor: Tensor, chunk: number, count = 1): Opening {
    const data = this.#run.bytes(tensor).slice(chunk * CHUNK_BYTES, (chunk + count) * CHUNK_BYTES)
    for (let i = 0; i < count; i++) data.set(this.revealed(tensor, chunk + i) ?? [], i * CHUNK_BYTES)
    return { chunk, data, path: this.#treeOf(tensor).path(tensor.firstLeaf + chunk, count) }
  }

  #treeOf({ space }: Tensor): Pick<HiddenTree, "path"> {
    if (space === Space.Weights) return this.#run.program.weightsTree
    return space === Space.Input ? this.#own[space] : this.#hidden[space]
  }
}
