import type { ProofInParts } from "../../engine/audit/parts.ts"
import { type Sent, send } from "../client.ts"
import { type Accused, type Court, placeOf } from "./court.ts"
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
