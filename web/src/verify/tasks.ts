import type { Answer } from "../../../src/engine/audit/game/answer.ts"
import type { Question } from "../../../src/engine/audit/game/question.ts"
import type { Inspected } from "./inspect.ts"
import type { Examination, Examined, Wrong } from "./examined.ts"

/** What the thread can do: what it is asked, and what it says. */
export interface Tasks {
  /** Looks at everything that an answer's file says by itself. */
  readonly examine: { readonly asked: Examination; readonly said: Examined }
  /** Computes the number again that a conviction was about; undefined if the proof does not show all that it is made of. */
  readonly recompute: {
    readonly asked: { readonly evidence: string; readonly model: Uint8Array; readonly modelId: string }
    readonly said: Wrong | undefined
  }
  /** Compiles a model's file, and bounds what a proof about it takes. */
  readonly inspect: { readonly asked: { readonly model: Uint8Array }; readonly said: Inspected }
  /** Answers what a provider was asked about an answer. */
  readonly answer: {
    readonly asked: { readonly text: string; readonly model: Uint8Array; readonly question: Question }
    readonly said: { readonly answer: Answer; readonly traceRoot: string }
  }
}

export type TaskName = keyof Tasks

/** What is sent to the thread. */
export interface Order<N extends TaskName = TaskName> {
  readonly task: N
  readonly asked: Tasks[N]["asked"]
}

/** What it sends back. */
export type Outcome =
  | { readonly said: Tasks[TaskName]["said"] }
  | { readonly error: { readonly code: string; readonly message: string; readonly hint: string | undefined } }
