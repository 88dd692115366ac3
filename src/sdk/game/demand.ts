import { ZeroHash } from "ethers"
import type { Move } from "../../engine/audit/game/solve.ts"
import type { Program } from "../../engine/program/program.ts"
import { encodeStep } from "../../protocol/program.ts"
import { bondFor } from "../bond.ts"
import { type Sent, send } from "../client.ts"
import { type Accused, type Court, placeOf } from "./court.ts"

/** As much gas as four answers take. Twin of `Disclosure`. */
const PRICED_GAS = 4_000_000n

/** A move that asks for something. */
export type DemandMove = Extract<Move, { kind: "demandNode" | "demandChunk" }>

/** How a demand is made. */
export interface DemandOptions {
  /** Of a commitment to the question: see `commitToQuestion`. */
  readonly salt?: string
  /** Wei; by default the price with room for two blocks of rising gas prices. It comes back, all of it. */
  readonly bond?: bigint
}

/**
 * Asks the provider of a receipt to show a part of what it committed to, and leaves a bond.
 *
 * @param program Of the receipt's model; for its descriptors.
 * @throws OnusError `AlreadyDemanded` when somebody else has asked: the answer serves everyone. `BondTooLow`,
 * `GameOver`, `WindowClosed`, `AlreadyConvicted`, `ModelMismatch`, `NodeOutOfRange`, `ChunkOutOfRange`, `NotAnchored`.
 */
export async function demand(
  court: Court,
  accused: Accused,
  program: Pick<Program, "steps" | "programTree">,
  move: DemandMove,
  { salt = ZeroHash, bond }: DemandOptions = {},
): Promise<Sent> {
  const { judge } = court
  const { receipt, header } = accused
  const value = bond ?? (await bondOf(court))
  if (move.kind === "demandNode") {
    const { space, height, index } = move.question
    const inclusion = placeOf(accused)
    return send(judge.demandNode(receipt, inclusion, header, space, height, index, salt, { value }))
  }
  const { step, chunk } = move
  const [encoded, path] = [encodeStep(program.steps[step]), program.programTree.path(step)]
  return send(
    judge.demandChunk(receipt, placeOf(accused), header, step, encoded, path, chunk, salt, { value }),
  )
}

/** Wei to leave as bond of a demand or a proof in parts. */
export const bondOf = ({ judge }: Court): Promise<bigint> => bondFor(judge, PRICED_GAS)
