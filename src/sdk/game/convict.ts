import { ZeroHash } from "ethers"
import { encodeEvidence, wrongExecutionEvidence } from "../../engine/audit/evidence.ts"
import { type Question, questionId } from "../../engine/audit/game/question.ts"
import type { Move } from "../../engine/audit/game/solve.ts"
import type { Execution } from "../../engine/executor.ts"
import { send } from "../client.ts"
import { type Conviction, type RewardMoved, convictedOrMoved } from "../convict.ts"
import { Fault } from "../fault.ts"
import { type Accused, type Court, placeOf } from "./court.ts"

/** The `evidence` argument of `convict` for a demand that was not answered in time. */
export function withheldEvidence({ header }: Pick<Accused, "header">, question: Question | string): string {
  const asked = typeof question === "string" ? question : questionId(question)
  return encodeEvidence({ header, traceRoot: ZeroHash }, "0x", asked)
}

/** The `evidence` argument of `convict` for a wrong element that a solver has found. */
export function provenEvidence(run: Execution, move: Extract<Move, { kind: "prove" }>): string {
  return wrongExecutionEvidence(run, move.commitment, move.step, move.element)
}

/**
 * Convicts by evidence of {@link withheldEvidence} or {@link provenEvidence}. It is the same whoever asked. If the
 * receipt was convicted before and the challenger's claim is the earlier one, it takes the reward over.
 *
 * @throws OnusError `NotGuilty` when the demand was answered or is not due, `NotDemanded`, `WindowClosed`,
 * `AlreadyConvicted`, `TraceMismatch`, and what the referee says about a bad proof.
 */
export async function convictHidden(
  court: Court,
  accused: Accused,
  evidence: string,
): Promise<Conviction | RewardMoved> {
  const { onus } = court
  const place = placeOf(accused)
  return convictedOrMoved(court, send(onus.convict(Fault.WrongExecution, accused.receipt, place, evidence)))
}

/** Convicts by a demand that is overdue. @throws OnusError as {@link convictHidden}. */
export async function convictWithheld(
  court: Court,
  accused: Accused,
  question: Question,
): Promise<Conviction | RewardMoved> {
  return convictHidden(court, accused, withheldEvidence(accused, question))
}
