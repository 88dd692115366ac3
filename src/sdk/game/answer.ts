import { ZeroHash } from "ethers"
import type { Answer } from "../../engine/audit/game/answer.ts"
import type { Question } from "../../engine/audit/game/question.ts"
import { answerDemandCall } from "../calls.ts"
import { type Sent, sendCall } from "../client.ts"
import type { Accused, Court } from "./court.ts"

/**
 * Answers a demand. Anyone may, but for the first answer about a receipt without a trace commitment: that one says what
 * its trace is, and must come from its provider or a key of it.
 *
 * @param traceRoot Before it is bound to the request; what the output is asked for, any.
 * @throws OnusError `AnswerTooLate`, `AlreadyAnswered`, `NotDemanded`, `TraceMismatch`, `TraceRootUnknown`,
 * `AnswerLengthInvalid`, `LeafNotAbsent`, `ChunkDemanded`, `PathInvalid` and the like when it is not the answer.
 */
export async function answerDemand(
  court: Court,
  accused: Pick<Accused, "receipt" | "header">,
  question: Question,
  answer: Answer,
  traceRoot: string = ZeroHash,
): Promise<Sent> {
  return sendCall(court, answerDemandCall(court, accused, question, answer, traceRoot))
}
