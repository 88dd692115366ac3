import type { ProofInParts } from "../../engine/audit/parts.ts"
import { type Sent, send } from "../client.ts"
import { type Accused, type Court, placeOf } from "./court.ts"
import { OnusError } from "../../protocol/errors.ts"
import { encodeEvidence } from "../../engine/audit/evidence.ts"
import { type Conviction } from "../convict.ts"
import { convictHidden } from "./convict.ts"
import { bondOf } from "./demand.ts"

/**
 * Uploads the parts of a proof that is too long for one transaction, one after the other; the first one leaves a bond.
 * Afterwards the same sender concludes it by a conviction with `ProofInParts.conclusion`.
 *
 * @param traceRoot Before it is bound to the request.
 * @throws OnusError `TraceMismatch`, `NothingAdvanced`, `AlreadyDemanded` if the sender has uploaded it before,
 * `BondTooLow`, `GameOver`, `WindowClosed`, and what the referee says of a bad proof.
 */
export async function upload(
  court: Court,
  accused: Accused,
  traceRoot: string,
  { uploads }: Pick<ProofInParts, "uploads">,
): Promise<Sent[]> {
  const { receipt, header } = accused
  const sent: Sent[] = []
  for (const [part, proof] of uploads.entries()) {
    const value = part === 0 ? await bondOf(court) : 0n
    const { judge } = court
    sent.push(await send(judge.advance(receipt, placeOf(accused), header, traceRoot, proof, { value })))
  }
  return sent
}

/**
 * Uploads a proof that is too long for one transaction, and convicts by it. The bond of the upload is paid back by
 * `settle` with the id of the proof.
 *
 * @throws OnusError as {@link upload} and `convictHidden`; `RewardMoved` if somebody else had convicted already.
 */
export async function convictInParts(
  court: Court,
  accused: Accused,
  traceRoot: string,
  parts: ProofInParts,
): Promise<Conviction> {
  await upload(court, accused, traceRoot, parts)
  const { header } = accused
  const conviction = await convictHidden(
    court,
    accused,
    encodeEvidence({ header, traceRoot }, parts.conclusion),
  )
  if (conviction) return conviction
  throw new OnusError("RewardMoved", "It was convicted before; its reward is this account's now")
}
