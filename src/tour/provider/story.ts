import { type Answer, answerer } from "../../engine/audit/game/answer.ts"
import type { Question } from "../../engine/audit/game/question.ts"
import type { Execution, Inputs } from "../../engine/executor.ts"
import type { Program } from "../../engine/program/program.ts"
import type { Draw } from "../../engine/audit/sample.ts"
import { commit } from "../../engine/trace/commitment.ts"

/** What somebody asks a provider, and the dice of a provider that lies about it. */
export interface Asked {
  readonly program: Program
  readonly inputs: Inputs
  readonly draw: Draw
}

/** What a provider commits to about a question, and what it shows of that to whoever asks for more. */
export interface Story {
  /** The output tensors, in the order of the program's ports. */
  readonly outputs: readonly Uint8Array[]
  readonly outputRoot: string
  /** Before it is bound to the request; undefined if the receipt commits to no trace. */
  readonly traceRoot: string | undefined
  /** What it says its trace root is along with its answers: for a receipt that commits to none, they post it. */
  readonly posts: string
  /** What it says to a demand on-chain; undefined if it is silent. */
  answer(this: void, question: Question): Answer | undefined
  /** What it serves as evidence; undefined if it serves none. */
  readonly served: Execution | undefined
}

/** What a provider tells whose whole story is a run, right or wrong; `changes` are where it departs from that. */
export function storyOf(run: Execution, changes: Partial<Story> = {}): Story {
  const { outputRoot, traceRoot } = commit(run)
  let answers: ((question: Question) => Answer) | undefined
  return {
    outputs: run.program.outputs.map(({ tensor }) => run.bytes(tensor)),
    outputRoot,
    traceRoot,
    posts: traceRoot,
    answer: (question) => (answers ??= answerer(run))(question),
    served: run,
    ...changes,
  }
}
