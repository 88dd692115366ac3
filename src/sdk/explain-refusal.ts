import { Interface } from "ethers"
import { type Refusal, type UnmetClause, explainUnmet } from "../protocol/policy.ts"
import { revertData } from "./errors.ts"

/** As `AccountableConsumer` refuses. */
const REFUSED = new Interface(["error AnswerRefused(bytes32 receiptId, string clause, uint256 unmet)"])

/**
 * Why a contract did not take an answer: a sentence for each clause of its policy that is not met.
 *
 * @param error What the transaction or its simulation has thrown, as it is or as an `OnusError`.
 * @param known Whatever is known about the refusal; the less, the less a sentence says.
 * @returns undefined for errors of another kind.
 * @example
 * try {
 *   await call(book.record(receipt, inclusion, output))
 * } catch (error) {
 *   explainRefusal(error)?.map(({ sentence }) => sentence) // ["The challenge window is still open"]
 * }
 */
export function explainRefusal(error: unknown, known: Refusal = {}): UnmetClause[] | undefined {
  const data = revertData(error)
  const refused = data === undefined || data.length < 10 ? null : REFUSED.parseError(data)
  return refused ? explainUnmet(refused.args.unmet as bigint, known) : undefined
}
