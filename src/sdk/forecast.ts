import { DIRECT, type Inclusion } from "../protocol/batch.ts"
import { type SignedReceipt, receiptId, requestKey } from "../protocol/receipt.ts"
import { chainTime } from "./chain-time.ts"
import type { Client } from "./client.ts"
import { Fault } from "./convict.ts"
import { call } from "./errors.ts"

/** What a conviction would take and where it would go, in token units. */
export interface Forecast {
  readonly bond: bigint
  readonly punitive: bigint
  readonly restitution: bigint
  readonly reward: bigint
  readonly burned: bigint
}

const FAULT_MEMORY = 90n * 86_400n

/** Computes what convicting an anchored receipt now would take. Twin of `Convictions._convict`. */
export async function forecast(
  client: Client,
  { registry, receipt }: SignedReceipt,
  fault: (typeof Fault)[keyof typeof Fault],
  inclusion: Inclusion = DIRECT,
): Promise<Forecast> {
  const { onus } = client
  const [{ lock }, payout, faults, record, account, thaw, now] = await call(
    Promise.all([
      onus.locate(receipt, inclusion),
      onus.payout(receiptId(registry, receipt)),
      onus.faultsOf(requestKey(receipt)),
      onus.providerRecord(receipt.provider),
      onus.account(receipt.provider),
      onus.thaw(receipt.provider),
      chainTime(client),
    ]),
  )
  const weight = 2n * receipt.coverage
  const bond = BigInt(payout.challenger) === 0n ? min(weight, lock.bond) : 0n
  const recent = (at: bigint) => at !== 0n && at + FAULT_MEMORY > now
  const next = 1n + BigInt(recent(record.lastFaultAt)) + BigInt(recent(record.previousFaultAt))
  const known = (faults >> BigInt(8 * fault)) & 0xffn
  const base = known === 0n ? max(weight, (account.active + thaw.amount) / 100n) : bond
  const asked = base << ((known === 0n ? next : known) - 1n)
  const punitive = min(asked, account.active - account.locked + thaw.amount)
  const owed = ![0n, BigInt(registry.address)].includes(BigInt(receipt.consumer))
  const [restitution, reward] = [owed ? bond / 2n : 0n, (bond + punitive) / 5n]
  return { bond, punitive, restitution, reward, burned: bond + punitive - restitution - reward }
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)
