import { isOnusError } from "../protocol/errors.ts"
import { DIRECT, type Inclusion } from "../protocol/batch.ts"
import { type SignedReceipt, requestKey } from "../protocol/receipt.ts"
import type { Client } from "./client.ts"
import { call } from "./errors.ts"

/** Evidence only; collateral reserved and challengeable; or window over. */
export type Assurance = "signed" | "anchored" | "final"

/** What stands behind a receipt. */
export interface Collateral {
  readonly assurance: Assurance
  /** Token units still reserved, for the whole batch. */
  readonly bond: bigint
  /** Unix seconds since which it is reserved; zero if it never was. */
  readonly since: bigint
  /** Unix seconds until which the answer can be challenged at least; zero if not anchored. */
  readonly until: bigint
  /** Which faults were proven about the request, as names of `Fault`. */
  readonly convicted: readonly ("Equivocation" | "WrongExecution")[]
}

/**
 * Finds the collateral of a receipt.
 *
 * @param inclusion The batch that holds it; without one it may have been attested directly.
 * @throws OnusError `NotAnchored` when the batch is unknown, `SumPathInvalid` and the like when the
 * receipt is not in it.
 */
export async function locate(
  { onus }: Client,
  { receipt }: SignedReceipt,
  inclusion?: Inclusion,
): Promise<Collateral> {
  const faults = await call(onus.faultsOf(requestKey(receipt)))
  const convicted = (["Equivocation", "WrongExecution"] as const).filter(
    (_, fault) => (faults >> BigInt(8 * fault)) & 0xffn,
  )
  try {
    const { lock, window, open } = await call(onus.locate(receipt, inclusion ?? DIRECT))
    const { bond, since } = lock
    return { assurance: open ? "anchored" : "final", bond, since, until: since + window, convicted }
  } catch (error) {
    if (inclusion !== undefined || !isOnusError(error, "NotAnchored")) throw error
    return { assurance: "signed", bond: 0n, since: 0n, until: 0n, convicted }
  }
}
