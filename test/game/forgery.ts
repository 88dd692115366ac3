import { hexlify } from "ethers"
import { type Answer, descendantsOf } from "../../src/engine/audit/game/answer.ts"
import { type HiddenSpace, type Question, asksForChunk } from "../../src/engine/audit/game/question.ts"
import type { Execution } from "../../src/engine/executor.ts"
import type { Program } from "../../src/engine/program/program.ts"
import { commit, tensorsOf } from "../../src/engine/trace/commitment.ts"
import { Space } from "../../src/protocol/program.ts"
import { type LeafData, type TensorTree, chunksOf, leafDigest } from "../../src/protocol/tensor-tree.ts"
import { TreeBuilder } from "../../src/protocol/tree-builder.ts"

/** A leaf as a provider makes it: of data, or a digest of nothing that it could show. */
export type ForgedLeaf = LeafData | Uint8Array

/** What a provider commits to, leaf by leaf, to be changed before the trees are made. */
export class Forgery {
  readonly program: Program
  readonly inputRoot: string
  readonly leaves: Readonly<Record<HiddenSpace, ForgedLeaf[]>>
  #trees: Readonly<Record<HiddenSpace, TensorTree>> | undefined

  constructor(run: Execution) {
    const leavesOf = (space: HiddenSpace) =>
      tensorsOf(run.program, space).flatMap((tensor) => chunksOf(space, tensor.id, run.bytes(tensor)))
    this.program = run.program
    this.inputRoot = commit(run).inputRoot
    this.leaves = { [Space.Trace]: leavesOf(Space.Trace), [Space.Output]: leavesOf(Space.Output) }
  }

  /** Those of the leaves as they are when something is first asked for. */
  get trees(): Readonly<Record<HiddenSpace, TensorTree>> {
    return (this.#trees ??= {
      [Space.Trace]: treeOf(this.leaves[Space.Trace]),
      [Space.Output]: treeOf(this.leaves[Space.Output]),
    })
  }

  get traceRoot(): string {
    return hexlify(this.trees[Space.Trace].root)
  }

  get outputRoot(): string {
    return hexlify(this.trees[Space.Output].root)
  }

  /** The best answer that there is: what does not exist is made up. */
  readonly answer = (question: Question): Answer => {
    const { space, height, index } = question
    const path = this.trees[space].nodePath(height, index)
    if (!asksForChunk(question))
      return { kind: "node", descendants: descendantsOf(this.trees, question), path }
    const leaf = this.leaves[space][index]
    return { kind: "chunk", data: leaf instanceof Uint8Array ? new Uint8Array(1024) : leaf.data, path }
  }
}

function treeOf(leaves: readonly ForgedLeaf[]): TensorTree {
  const builder = new TreeBuilder(leaves.length)
  leaves.forEach((leaf, position) =>
    builder.addDigests(position, leaf instanceof Uint8Array ? leaf : leafDigest(leaf)),
  )
  return builder.finish()
}
