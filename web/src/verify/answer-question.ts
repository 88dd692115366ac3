import { answerer } from "../../../src/engine/audit/game/answer.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import { OnusError } from "../../../src/protocol/errors.ts"
import { decodeHandedIn } from "../../../src/sdk/bundle.ts"
import { openBundle } from "../../../src/sdk/verify.ts"
import type { Tasks } from "./tasks.ts"

/** Answers a question out of an answer's file, which must be what its receipt commits to. */
export function answerQuestion({ text, model, question }: Tasks["answer"]["asked"]): Tasks["answer"]["said"] {
  const { tensors, ...handed } = decodeHandedIn(text)
  if (!tensors)
    throw new OnusError("AnswerMissing", "The file holds the receipt alone, not what the provider computed")
  const { run, commitment } = openBundle(lower(loadOnnx(model)), { ...handed, tensors })
  return { answer: answerer(run)(question), traceRoot: commitment.traceRoot }
}
