import type { Program } from "../engine/program/program.ts"
import type { Bundle } from "../sdk/bundle.ts"
import { type Accused, type Court, openCourt } from "../sdk/game/court.ts"
import { type GameState, readGame } from "../sdk/game/read.ts"
import { requireRegistry } from "../sdk/verify.ts"
import type { Session } from "./session.ts"

/** A receipt before the judge of hidden traces, and what was asked about it so far. */
export interface Game {
  readonly court: Court
  readonly accused: Accused
  readonly state: GameState
}

/** Opens the game about the receipt of a bundle. @throws OnusError `RegistryMismatch`, `ChainMismatch`. */
export async function openGame(
  { client, fromBlock }: Session,
  { header }: Pick<Program, "header">,
  { signed, inclusion }: Bundle,
): Promise<Game> {
  requireRegistry(client.registry, signed.registry)
  const court = await openCourt(client)
  const accused: Accused = { receipt: signed.receipt, inclusion, header }
  return { court, accused, state: await readGame(court, accused, { from: fromBlock }) }
}
