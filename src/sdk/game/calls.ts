import { type BytesLike, ZeroHash } from "ethers"
import type { ICommitments } from "../../../types/contracts/index.js"
import type { Move } from "../../engine/audit/game/solve.ts"
import type { Program } from "../../engine/program/program.ts"
import { encodeStep } from "../../protocol/encode-step.ts"
import { type Call, callOf } from "../calls.ts"
import { type Accused, type Court, placeOf } from "./court.ts"

/** A move that asks for something. */
export type DemandMove = Extract<Move, { kind: "demandNode" | "demandChunk" }>

/** Records that what a hash stands for is known. @param judge of the fault that it is about. */
export const commitCall = async (judge: Pick<ICommitments, "commit">, commitment: string): Promise<Call> =>
  callOf(await judge.commit.populateTransaction(commitment))

/**
 * Asks for a part of what a provider committed to.
 *
 * @param program Of the receipt's model; for its descriptors.
 * @param salt Of a commitment to the question; any for none.
 * @param bond Wei.
 */
export async function demandCall(
  { judge }: Pick<Court, "judge">,
  accused: Accused,
  program: Pick<Program, "steps" | "programTree">,
  move: DemandMove,
  { salt = ZeroHash, bond: value }: { readonly salt?: string; readonly bond: bigint },
): Promise<Call> {
  const { receipt, header } = accused
  const place = placeOf(accused)
  if (move.kind === "demandNode") {
    const { space, height, index } = move.question
    const { demandNode } = judge
    return callOf(
      await demandNode.populateTransaction(receipt, place, header, space, height, index, salt, { value }),
    )
  }
  const { step, chunk } = move
  const [encoded, path] = [encodeStep(program.steps[step]), program.programTree.path(step)]
  return callOf(
    await judge.demandChunk.populateTransaction(receipt, place, header, step, encoded, path, chunk, salt, {
      value,
    }),
  )
}

/** Shows a commitment to a question that somebody else has asked since. */
export const precedeCall = async (
  { judge }: Pick<Court, "judge">,
  receiptId: string,
  questionId: string,
  salt: string,
): Promise<Call> => callOf(await judge.precede.populateTransaction(receiptId, questionId, salt))

/** Uploads a part of a proof. @param bond Wei; with the first part only. */
export async function advanceCall(
  { judge }: Pick<Court, "judge">,
  accused: Accused,
  traceRoot: string,
  proof: BytesLike,
  bond: bigint,
): Promise<Call> {
  const { receipt, header } = accused
  const { advance } = judge
  return callOf(
    await advance.populateTransaction(receipt, placeOf(accused), header, traceRoot, proof, { value: bond }),
  )
}
