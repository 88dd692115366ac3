import { AbiCoder } from "ethers"
import { OnusError } from "../protocol/errors.ts"
import { DIRECT, INCLUSION, type Inclusion } from "../protocol/batch.ts"
import { RECEIPT_TYPES, type SignedReceipt, receiptId, requestKey } from "../protocol/receipt.ts"
import { wrongExecutionEvidence } from "../engine/audit/evidence.ts"
import type { FaultyElement } from "../engine/audit/find-fault.ts"
import type { ConvictedEvent } from "../../types/contracts/contracts/core/Onus.js"
import { type Client, type Sent, send } from "./client.ts"
import { HINTS, call } from "./errors.ts"
import { Fault } from "./fault.ts"
import type { OpenedBundle } from "./verify.ts"

/** What a conviction takes and where it goes, in token units. */
export interface Taken {
  readonly bond: bigint
  readonly punitive: bigint
  readonly restitution: bigint
  readonly reward: bigint
  readonly burned: bigint
}

/** A conviction that happened. */
export interface Conviction extends Sent, Taken {
  readonly offenceId: string
  readonly payoutId: string
}

/** Somebody else had convicted already, and the reward is the client's account's now: nothing else has changed. */
export interface RewardMoved extends Sent {
  readonly rewardMoved: true
}

/** What a conviction would take now, and the gas that it would need. */
export interface Rehearsal {
  readonly taken: Taken
  readonly gas: bigint
}

/** Convicts a wrong execution in one transaction: the contract recomputes the element. */
export async function convictWrongExecution(
  client: Client,
  signed: SignedReceipt,
  { run, commitment }: Pick<OpenedBundle, "run" | "commitment">,
  { step, element }: Pick<FaultyElement, "step" | "element">,
  inclusion: Inclusion = DIRECT,
): Promise<Conviction> {
  const evidence = wrongExecutionEvidence(run, commitment, step, element)
  return convicted(
    client,
    send(client.onus.convict(Fault.WrongExecution, signed.receipt, inclusion, evidence)),
  )
}

/** Tries a conviction without sending it: the contract says what it would take. */
export async function rehearseWrongExecution(
  { onus }: Client,
  signed: SignedReceipt,
  { run, commitment }: Pick<OpenedBundle, "run" | "commitment">,
  { step, element }: Pick<FaultyElement, "step" | "element">,
  inclusion: Inclusion = DIRECT,
): Promise<Rehearsal> {
  const evidence = wrongExecutionEvidence(run, commitment, step, element)
  const conviction = [Fault.WrongExecution, signed.receipt, inclusion, evidence] as const
  const [, taken] = await call(onus.convict.staticCall(...conviction))
  return { taken: withBurned(taken), gas: await call(onus.convict.estimateGas(...conviction)) }
}

/**
 * Convicts two receipts for one request by their signatures alone; with the inclusion of the first one,
 * its bond pays the consumer too. The second one stands by its signature, or by its place if that is given.
 *
 * @throws OnusError `RequestMismatch`, `ReceiptsIdentical`.
 */
export async function convictEquivocation(
  client: Client,
  first: SignedReceipt,
  second: SignedReceipt,
  inclusion?: Inclusion,
  secondInclusion?: Inclusion,
): Promise<Conviction> {
  if (requestKey(first.receipt) !== requestKey(second.receipt)) {
    throw new OnusError("RequestMismatch", "The receipts differ in provider, consumer or request id", {
      hint: "Only two receipts for one and the same request contradict each other",
    })
  }
  if (receiptId(client.registry, first.receipt) === receiptId(client.registry, second.receipt)) {
    throw new OnusError("ReceiptsIdentical", "Both files hold the same receipt, which contradicts nothing", {
      hint: HINTS.ReceiptsIdentical,
    })
  }
  const evidence = equivocationEvidence(second, secondInclusion)
  return convicted(
    client,
    send(
      inclusion
        ? client.onus.convict(Fault.Equivocation, first.receipt, inclusion, evidence)
        : client.onus.convictSigned(Fault.Equivocation, first.receipt, first.signature, evidence),
    ),
  )
}

const RECEIPT = `tuple(${RECEIPT_TYPES.Receipt.map(({ type, name }) => `${type} ${name}`).join(", ")})`

/**
 * The `evidence` argument for an equivocation: the other receipt with its signature, or, when an
 * inclusion is given, with its place among what the provider anchored.
 */
export function equivocationEvidence({ receipt, signature }: SignedReceipt, inclusion?: Inclusion): string {
  const bound = inclusion ? ["0x", inclusion] : [signature, DIRECT]
  return AbiCoder.defaultAbiCoder().encode([RECEIPT, "bytes", INCLUSION], [receipt, ...bound])
}

/** As {@link convicted}, of an account that may have known of the fault before who has shown it. */
export async function convictedOrMoved(
  client: Client,
  sending: Promise<Sent>,
): Promise<Conviction | RewardMoved> {
  const sent = await sending
  const names = sent.receipt.logs.map((log) => client.onus.interface.parseLog(log)?.name)
  return names.includes("RewardMoved") ? { ...sent, rewardMoved: true } : convicted(client, sending)
}

/** Reads what a conviction did from its events. */
export async function convicted(client: Client, sending: Promise<Sent>): Promise<Conviction> {
  const sent = await sending
  for (const log of sent.receipt.logs) {
    const event = client.onus.interface.parseLog(log)
    if (event?.name !== "Convicted") continue
    const { offenceId, payoutId, ...taken } = event.args.toObject() as ConvictedEvent.OutputObject
    return { ...sent, offenceId, payoutId, ...withBurned(taken) }
  }
  throw new OnusError("EventMissing", `Transaction ${sent.hash} succeeded without a conviction`)
}

function withBurned({ bond, punitive, restitution, reward }: Omit<Taken, "burned">): Taken {
  return { bond, punitive, restitution, reward, burned: bond + punitive - restitution - reward }
}
