import { type WrongExecution, WrongExecution__factory } from "../contracts.ts"
import type { ModelHeader } from "../../protocol/model.ts"
import { DIRECT, type Inclusion } from "../../protocol/batch.ts"
import { type Receipt, receiptId } from "../../protocol/receipt.ts"
import type { Client } from "../client.ts"
import { call } from "../errors.ts"
import { Fault } from "../fault.ts"

/** The registry with the judge before whom hidden traces are brought to light. */
export interface Court extends Client {
  readonly judge: WrongExecution
}

/** A receipt that is challenged, and where its collateral is. */
export interface Accused {
  readonly receipt: Receipt
  /** The batch that holds it; without one it was attested directly. */
  readonly inclusion?: Inclusion | undefined
  /** Of the receipt's model. */
  readonly header: ModelHeader
}

/** Finds the judge of a registry. */
export async function openCourt(client: Client): Promise<Court> {
  const address = await call(client.onus.faultModule(Fault.WrongExecution))
  return { ...client, judge: WrongExecution__factory.connect(address, client.onus.runner) }
}

export const placeOf = ({ inclusion }: Pick<Accused, "inclusion">): Inclusion => inclusion ?? DIRECT

export const idOf = ({ registry }: Court, { receipt }: Pick<Accused, "receipt">): string =>
  receiptId(registry, receipt)
