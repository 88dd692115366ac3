import { encodeStep } from "../../../protocol/encode-step.ts"
import type { Execution } from "../../executor.ts"
import { type RunTrees, commit, treesOf } from "../../trace/commitment.ts"
import type { Shown } from "./partial-trace.ts"
import { type HiddenSpace, LEVELS, type Question, asksForChunk, asksForLeaf } from "./question.ts"
import { stepAt } from "./step-at.ts"

/** What answers a question on-chain. */
export type Answer =
  | (Exclude<Shown, { kind: "tensor" }> & { readonly path: readonly Uint8Array[] })
  /** The step that makes the chunk of a leaf. The path leads to the root of the program. */
  | {
      readonly kind: "tensor"
      readonly step: number
      /** ABI-encoded. */
      readonly descriptor: Uint8Array
      readonly path: readonly Uint8Array[]
    }

/** Answers any question about a run that was committed to. */
export type Answerer = (question: Question) => Answer

/**
 * Makes the answers of an honest provider.
 *
 * @param run The run of the receipt, with everything kept; running the program again gives the same.
 * @param trees Those that it was committed to by.
 */
export function answerer(
  run: Execution,
  trees: RunTrees = run.trees ?? treesOf(run.program, (tensor) => run.bytes(tensor)),
): Answerer {
  const commitment = commit(run)
  return (question) => {
    const { space, height, index, tensor } = question
    const step = asksForLeaf(question) ? stepAt(run.program, space, index) : undefined
    if (step !== undefined) {
      const { steps, programTree } = run.program
      return { kind: "tensor", step, descriptor: encodeStep(steps[step]), path: programTree.path(step) }
    }
    const path = trees[space].nodePath(height, index)
    if (!asksForChunk(question)) return { kind: "node", descendants: descendantsOf(trees, question), path }
    const { data } = commitment.open(tensor, index - tensor.firstLeaf)
    return { kind: "chunk", data, path }
  }
}

/** All nodes that are {@link LEVELS} below a node, or the leaves if they are nearer. */
export function descendantsOf(
  trees: Pick<RunTrees, HiddenSpace>,
  { space, height, index }: Pick<Question, "space" | "height" | "index">,
): Uint8Array[] {
  const levels = Math.min(height, LEVELS)
  return Array.from({ length: 2 ** levels }, (_, i) =>
    trees[space].node(height - levels, index * 2 ** levels + i),
  )
}
