import type { Execution } from "../engine/executor.ts"
import type { Program } from "../engine/program/program.ts"
import type { Bundle } from "../sdk/bundle.ts"
import type { Known } from "./book.ts"

/**
 * By what a mismatch is proven on-chain.
 *
 * - `shown`: the provider serves a trace with a wrong element: one transaction convicts
 * - `hidden`: the commitments differ, so whatever the provider reveals or withholds when it is asked convicts it
 */
export type Proof = "shown" | "hidden"

/** What running an answer again has shown. */
export type Opinion =
  | { readonly verdict: "match" }
  /** Twice, in threads of their own, and the interpreter says the same. The trace is given if the provider serves one that the receipt commits to. */
  | {
      readonly verdict: "mismatch"
      readonly reason: string
      readonly proof: Proof
      readonly served?: Served
    }
  /** Question or model cannot be had, or could not be run this time. */
  | { readonly verdict: "unfetchable"; readonly reason: string; readonly isFinal: boolean }
  /** This machine is not to judge it. */
  | { readonly verdict: "differs"; readonly reason: string }

/** A served trace with an element that does not follow from its operands. */
export interface Served {
  readonly bundle: Bundle
  readonly step: number
  readonly element: number
  /** Bytes of the element as one integer, the first one lowest. */
  readonly claimed: bigint
  readonly correct: bigint
}

/** Runs answers again. */
export interface Checker {
  /**
   * Runs an answer; a mismatch is confirmed by a second run in a fresh thread, and by the interpreter on the element.
   *
   * @throws OnusError `PoolClosed` when it is being closed, and what is nobody's fault: a source that is out of order.
   */
  check(known: Pick<Known, "id" | "signed">): Promise<Opinion>
  /** The challenger's own run of an answer with everything kept, for the game. @throws OnusError as `Sources`, and of the pool. */
  runOf(known: Pick<Known, "id" | "signed">): Promise<Execution>
  /** @throws OnusError as `Sources`; `ModelMismatch` when the file is of another model. */
  programOf(modelId: string, provider: string): Promise<Program>
  close(): Promise<void>
}
