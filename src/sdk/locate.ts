import { isOnusError } from "../protocol/errors.ts"
import { DIRECT, type Inclusion, batchId } from "../protocol/batch.ts"
import { type SignedReceipt, receiptId, requestKey } from "../protocol/receipt.ts"
import { readClocks, unixTime } from "./chain-time.ts"
import type { Client } from "./client.ts"
import { call } from "./errors.ts"
import { type FaultName, provenFaults } from "./fault.ts"

/** Evidence only; collateral reserved and challengeable; or window over. */
export type Assurance = "signed" | "anchored" | "final"

/** What stands behind a receipt. */
export interface Collateral {
  readonly assurance: Assurance
  /** Token units still reserved, for the whole batch. */
  readonly bond: bigint
  /** Unix seconds at which it was anchored; zero if it never was. */
  readonly since: bigint
  /** Unix seconds until which the answer can be challenged at least; zero if not anchored. */
  readonly until: bigint
  /** Which faults were proven about the request. */
  readonly convicted: readonly FaultName[]
}

/**
 * Finds the collateral of a receipt.
 *
 * @param inclusion The batch that holds it; without one it may have been attested directly.
 * @throws OnusError `NotAnchored` when the batch is unknown, `SumPathInvalid` and the like when the
 * receipt is not in it.
 */
export async function locate(
  client: Client,
  { registry, receipt }: Pick<SignedReceipt, "registry" | "receipt">,
  inclusion?: Inclusion,
): Promise<Collateral> {
  const { onus } = client
  const convicted = provenFaults(await call(onus.faultsOf(requestKey(receipt))))
  // A disputed receipt has a lock of its own, which begins later than what it was anchored with.
  const home = inclusion ? batchId(inclusion.batch) : receiptId(registry, receipt)
  try {
    const [{ lock, window, open }, { since }, moment] = await call(
      Promise.all([onus.locate(receipt, inclusion ?? DIRECT), onus.lockOf(home), readClocks(client)]),
    )
    const until = unixTime(lock.since - lock.stopped + window, moment)
    return { assurance: open ? "anchored" : "final", bond: lock.bond, since, until, convicted }
  } catch (error) {
    if (inclusion !== undefined || !isOnusError(error, "NotAnchored")) throw error
    return { assurance: "signed", bond: 0n, since: 0n, until: 0n, convicted }
  }
}
