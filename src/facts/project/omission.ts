import type { Handlers } from "./context.ts"
import { answer, ask, dismiss, openDispute, settle } from "./disputes.ts"
import { providerOf } from "./provider.ts"
import { contentOf, receiptOf } from "./receipt.ts"

/** A receipt is claimed once: its question has no id. */
const revealOf = (receipt: string): string => `${receipt}/`

/** Claims that a signed receipt was never anchored. */
export const OMISSION: Handlers = {
  async Claimed(context) {
    const { args, moment } = context
    const [id, challenger] = [args.hex("receiptId"), args.hex("claimant")]
    await receiptOf(context, id, contentOf(args.struct("receipt")))
    await providerOf(context, args.hex("provider"))
    const dispute = await openDispute(context, id, "omission", challenger)
    await ask(context, dispute, {
      id: revealOf(id),
      dispute: id,
      questionId: "",
      kind: "anchor",
      space: 0,
      height: 0,
      index: 0,
      challenger,
      responder: null,
      bond: args.amount("bond"),
      paidTo: null,
      due: args.number("due"),
      dueBlock: args.number("dueBlock"),
      next: null,
      askedAt: moment,
      answeredAt: null,
    })
    return args.hex("provider")
  },

  async Answered(context) {
    const id = context.args.hex("receiptId")
    const { provider } = await context.must("receipt", id)
    const about = await answer(context, revealOf(id), provider!)
    // It ends its dispute, unless the trace was asked for, too.
    const { asked } = await context.must("dispute", id)
    if (asked === 1) await dismiss(context, id)
    return about
  },

  // The bond goes back; without an answer, the provider can be convicted still.
  async Settled(context) {
    return settle(context, revealOf(context.args.hex("receiptId")), context.args.amount("bond"))
  },
}
