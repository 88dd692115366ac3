import { type Inclusion, DIRECT, batchId } from "../protocol/batch.ts"
import { OnusError } from "../protocol/errors.ts"
import { type Receipt, receiptId } from "../protocol/receipt.ts"
import type { BondReleasedEvent } from "../../types/contracts/contracts/core/Onus.js"
import { releaseBatchesCall, releaseReceiptCall } from "./calls.ts"
import { type Client, type Sent, sendCall } from "./client.ts"
import { call } from "./errors.ts"
import { inTurn } from "./in-turn.ts"

/** A receipt and the batch that holds it; without one it was attested directly. */
export interface Placed {
  readonly receipt: Receipt
  readonly inclusion?: Inclusion | undefined
}

/** A bond that was given back. */
export interface Bond {
  readonly lockId: string
  readonly provider: string
  /** Token units. */
  readonly bond: bigint
}

/** What one transaction gave back. */
export interface Released extends Sent {
  readonly bonds: readonly Bond[]
}

/**
 * Gives bonds back after their windows and books the reputation: all batches in one transaction, and one more for each
 * receipt that has a bond of its own because it was attested directly or disputed. Anyone may.
 *
 * @throws OnusError `NotAnchored`, `WindowOpen`, `NothingLocked` when nothing is left to release. The error names what was
 * released before it.
 */
export async function release(client: Client, placed: readonly Placed[]): Promise<Released[]> {
  const { onus, registry } = client
  const batches = new Map(
    placed.flatMap(({ inclusion }) => (inclusion ? [[batchId(inclusion.batch), inclusion.batch]] : [])),
  )
  const locks = await call(
    Promise.all(
      placed.map(async ({ receipt, inclusion = DIRECT }) => {
        const { lockId, lock } = await onus.locate(receipt, inclusion)
        return { receipt, inclusion, lockId, bond: lock.bond }
      }),
    ),
  )
  const apart = locks.filter(({ lockId }) => !batches.has(lockId))
  const full = await reserved(onus, [...batches.keys()])
  const due = [...batches].filter(([id]) => full.has(id)).map(([, batch]) => batch)
  const alone = apart.filter(({ bond }) => bond !== 0n)
  const released = await inTurn([
    ...(due.length > 0
      ? [async () => releasedBy(onus, await sendCall(client, releaseBatchesCall(client, due)))]
      : []),
    ...alone.map(
      ({ receipt, inclusion }) =>
        async () =>
          releasedBy(onus, await sendCall(client, releaseReceiptCall(client, receipt, inclusion))),
    ),
  ])
  if (released.length > 0) return released
  const ids = placed.map(({ receipt }) => receiptId(registry, receipt))
  throw new OnusError("NothingLocked", `No bond is left behind ${ids.join(", ")}`, {
    hint: "It was released already, or taken by a conviction",
  })
}

/** The batches that have something reserved still. */
async function reserved(onus: Client["onus"], ids: readonly string[]): Promise<Set<string>> {
  const locks = await call(Promise.all(ids.map((id) => onus.lockOf(id))))
  return new Set(ids.filter((_, i) => locks[i].bond !== 0n))
}

function releasedBy(onus: Client["onus"], sent: Sent): Released {
  const bonds = sent.receipt.logs.flatMap((log) => {
    const event = onus.interface.parseLog(log)
    if (event?.name !== "BondReleased") return []
    const { lockId, provider, bond } = event.args.toObject() as BondReleasedEvent.OutputObject
    return [{ lockId, provider, bond }]
  })
  return { ...sent, bonds }
}
