import type { Program } from "../../engine/program/program.ts"
import { DEMAND_GAS, bondFor } from "../bond.ts"
import { type Sent, sendCall } from "../client.ts"
import { type DemandMove, demandCall } from "./calls.ts"
import type { Accused, Court } from "./court.ts"

export type { DemandMove } from "./calls.ts"

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
  { bond, ...options }: DemandOptions = {},
): Promise<Sent> {
  const left = bond ?? (await bondOf(court))
  return sendCall(court, demandCall(court, accused, program, move, { ...options, bond: left }))
}

/** Wei to leave as bond of a demand or a proof in parts. */
export const bondOf = ({ judge }: Court): Promise<bigint> => bondFor(judge, DEMAND_GAS)
