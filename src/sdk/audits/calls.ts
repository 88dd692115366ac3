import type { Audits } from "../../../types/contracts/index.js"
import { DIRECT, type Inclusion } from "../../protocol/batch.ts"
import type { Receipt } from "../../protocol/receipt.ts"
import { type Call, callOf } from "../calls.ts"

/** Draws which leaves are audited, and by whom. @param header of the block that draws, in RLP. */
export const drawCall = async (audits: Audits, fund: bigint, header: string): Promise<Call> =>
  callOf(await audits.draw.populateTransaction(fund, header))

/** Says that a drawn receipt is right. @param traceRoot Before it is bound to the request. */
export const vouchCall = async (
  audits: Audits,
  { fund, number }: { readonly fund: bigint; readonly number: number },
  receipt: Receipt,
  inclusion: Inclusion | undefined,
  traceRoot: string,
): Promise<Call> =>
  callOf(await audits.vouch.populateTransaction(fund, number, receipt, inclusion ?? DIRECT, traceRoot))

/** Says that a drawn receipt was convicted of a wrong execution. */
export const refuteCall = async (
  audits: Audits,
  { fund, number }: { readonly fund: bigint; readonly number: number },
  receipt: Receipt,
  inclusion: Inclusion | undefined,
): Promise<Call> =>
  callOf(await audits.refute.populateTransaction(fund, number, receipt, inclusion ?? DIRECT))

/** Pays the fee of a reported audit. */
export const settleAuditCall = async (
  audits: Audits,
  fund: bigint,
  receipt: Receipt,
  inclusion: Inclusion | undefined,
): Promise<Call> => callOf(await audits.settle.populateTransaction(fund, receipt, inclusion ?? DIRECT))
