import type { Signer } from "ethers"
import type { ProofInParts } from "../../engine/audit/parts.ts"
import { type Sent, sendCall } from "../client.ts"
import { advanceCall } from "./calls.ts"
import type { Accused, Court } from "./court.ts"
import { isOnusError } from "../../protocol/errors.ts"
import { encodeEvidence } from "../../engine/audit/evidence.ts"
import type { Conviction, RewardMoved } from "../convict.ts"
import { ensureCommitted } from "./commit.ts"
import { convictHidden } from "./convict.ts"
import { bondOf } from "./demand.ts"

/**
 * Uploads the parts of a proof that is too long for one transaction, one after the other; the first one leaves a bond.
 * Parts that the same sender has uploaded before are passed over. Afterwards the same sender concludes it by a conviction with `ProofInParts.conclusion`.
 *
 * @param traceRoot Before it is bound to the request.
 * @throws OnusError `TraceMismatch`, `BondTooLow`, `GameOver`, `WindowClosed`, and what the referee says of a bad proof.
 */
export async function upload(
  court: Court,
  accused: Accused,
  traceRoot: string,
  { uploads }: Pick<ProofInParts, "uploads">,
): Promise<Sent[]> {
  const sent: Sent[] = []
  for (const [part, proof] of uploads.entries()) {
    const value = part === 0 ? await bondOf(court) : 0n
    try {
      sent.push(await sendCall(court, advanceCall(court, accused, traceRoot, proof, value)))
    } catch (error) {
      if (!isOnusError(error, "NothingAdvanced")) throw error
    }
  }
  return sent
}

/**
 * Commits to a proof that is too long for one transaction, uploads it, and convicts by it. The bond of the upload is paid back by
 * `settle` with the id of the proof.
 *
 * @throws OnusError as {@link upload} and `convictHidden`.
 */
export async function convictInParts(
  court: Court,
  accused: Accused,
  traceRoot: string,
  parts: ProofInParts,
): Promise<Conviction | RewardMoved> {
  const { header } = accused
  const evidence = encodeEvidence({ header, traceRoot }, parts.conclusion)
  // Whoever sees the parts could be faster.
  await ensureCommitted(court, accused, await (court.judge.runner as Signer).getAddress(), evidence)
  await upload(court, accused, traceRoot, parts)
  return convictHidden(court, accused, evidence)
}
