import { ZeroHash } from "ethers"
import type { Answer } from "../../engine/audit/game/answer.ts"
import { type Question, encodableQuestion } from "../../engine/audit/game/question.ts"
import { type Sent, send } from "../client.ts"
import type { Accused, Court } from "./court.ts"

/**
 * Answers a demand. Anyone may, but for the first answer about a receipt without a trace commitment: that one says what
 * its trace is, and must come from its provider or a key of it.
 *
 * @param traceRoot Before it is bound to the request; what the output is asked for, any.
 * @throws OnusError `AnswerTooLate`, `AlreadyAnswered`, `NotDemanded`, `TraceMismatch`, `TraceRootUnknown`,
 * `AnswerLengthInvalid`, `ChunkDemanded`, `PathInvalid` and the like when it is not the answer.
 */
export async function answerDemand(
  { judge }: Court,
  { receipt, header }: Pick<Accused, "receipt" | "header">,
  question: Question,
  answer: Answer,
  traceRoot: string = ZeroHash,
): Promise<Sent> {
  const asked = encodableQuestion(question)
  const path = [...answer.path]
  if (answer.kind === "node")
    return send(judge.answerNode(receipt, header, traceRoot, asked, [...answer.descendants], path))
  return send(judge.answerChunk(receipt, header, traceRoot, asked, answer.data, path))
}
