import type { Audits } from "../../../types/contracts/index.js"
import { OnusError } from "../../protocol/errors.ts"
import { type Client, type Sent, send } from "../client.ts"
import { call } from "../errors.ts"

/**
 * Takes a seat among the auditors for the client's account; approves the token first if the allowance does not suffice. Its bond is
 * lost if the seat vouches for an answer that is convicted.
 *
 * @throws OnusError `ERC20InsufficientBalance`.
 */
export async function takeSeat(
  { token }: Pick<Client, "token">,
  audits: Audits,
  owner: string,
): Promise<Sent & { readonly seat: bigint }> {
  const address = await audits.getAddress()
  const [bond, allowance] = await call(Promise.all([audits.seatBond(), token.allowance(owner, address)]))
  if (allowance < bond) await send(token.approve(address, bond))
  const sent = await send(audits.takeSeat())
  const events = sent.receipt.logs.map((log) => audits.interface.parseLog(log))
  const taken = events.find((event) => event?.name === "SeatTaken")
  if (!taken) throw new OnusError("EventMissing", `Transaction ${sent.hash} succeeded without taking a seat`)
  return { ...sent, seat: taken.args.getValue("seat") as bigint }
}

/** Announces that a seat is left: from now on it cannot vouch. @throws OnusError `SeatNotYours`, `SeatLeaving`. */
export const startLeaving = (audits: Audits, seat: bigint): Promise<Sent> => send(audits.startLeaving(seat))

/** Takes the bond of a seat back. @throws OnusError `SeatNotYours`, `LeaveNotDue`, `SeatPending`, `SeatAccused`. */
export const leaveSeat = (audits: Audits, seat: bigint): Promise<Sent> => send(audits.leaveSeat(seat))
