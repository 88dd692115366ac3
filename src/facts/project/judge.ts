import type { Context, Handlers } from "./context.ts"
import type { RevealRow } from "../entities.ts"
import { prolong } from "./bonds.ts"
import { registryOf } from "./clock.ts"
import { answer, ask, openDispute, settle } from "./disputes.ts"
import { hinted } from "./hints.ts"
import { receiptOf } from "./receipt.ts"

const revealOf = ({ args }: Context, question = "questionId"): string =>
  `${args.hex("receiptId")}/${args.hex(question)}`

/** Demands for what a receipt commits to, their answers, and proofs that take several transactions. */
export const JUDGE: Handlers = {
  async Demanded(context) {
    const { args } = context
    const [challenger, question, dueBlock] = [
      args.hex("challenger"),
      args.struct("question"),
      args.number("dueBlock"),
    ]
    const dispute = await openDispute(context, args.hex("receiptId"), "execution", challenger)
    const isChunk = question.struct("tensor").number("length") !== 0
    await ask(context, dispute, {
      ...asked(context, revealOf(context), challenger),
      questionId: args.hex("questionId"),
      kind: isChunk ? "chunk" : "node",
      space: question.number("space"),
      height: question.number("height"),
      index: question.number("index"),
      bond: args.amount("bond"),
      due: args.number("due"),
      dueBlock,
    })
    await keepOpen(context, dueBlock)
    return dispute.provider ?? undefined
  },

  async NodeAnswered(context) {
    return answer(context, revealOf(context), context.args.hex("responder"))
  },

  async ChunkAnswered(context) {
    return answer(context, revealOf(context), context.args.hex("responder"))
  },

  async LeafAnswered(context) {
    return answer(context, revealOf(context), context.args.hex("responder"))
  },

  async TraceRootPosted(context) {
    const receipt = await receiptOf(context, context.args.hex("receiptId"))
    await context.change("receipt", receipt.id, { postedRoot: context.args.hex("root") })
    return receipt.provider ?? undefined
  },

  async Settled(context) {
    return settle(context, revealOf(context), context.args.amount("bond"))
  },

  async Advanced(context) {
    const { args, moment, event } = context
    const [id, challenger] = [revealOf(context, "proofId"), args.hex("challenger")]
    const receipt = await receiptOf(context, args.hex("receiptId"))
    if (!(await context.get("reveal", id))) {
      const dispute = await openDispute(context, receipt.id, "execution", challenger)
      await ask(context, dispute, {
        ...asked(context, id, challenger),
        questionId: args.hex("proofId"),
        kind: "upload",
        // Its bond is that of a question which the provider has answered.
        responder: receipt.provider,
        answeredAt: moment,
      })
    }
    await keepOpen(context, event.block)
    return receipt.provider ?? undefined
  },

  async Preceded(context) {
    const { provider } = await context.must("dispute", context.args.hex("receiptId"))
    return provider ?? undefined
  },
}

const asked = ({ args, moment }: Context, id: string, challenger: string): RevealRow => ({
  id,
  dispute: args.hex("receiptId"),
  questionId: "",
  kind: "node",
  space: 0,
  height: 0,
  index: 0,
  challenger,
  responder: null,
  bond: null,
  paidTo: null,
  due: 0,
  dueBlock: 0,
  next: null,
  askedAt: moment,
  answeredAt: null,
})

/** The lock that was detained right before stays for the blocks of another answer after a block. */
async function keepOpen(context: Context, from: number): Promise<void> {
  const lock = await hinted(context, "bond", 1)
  if (lock === undefined) return
  const { registry } = await registryOf(context)
  const bond = await context.must("bond", lock)
  await prolong(context, bond, bond.until, from + registry.answerBlocks)
  const { untilBlock } = await context.must("bond", lock)
  const { thawing, frozenUntilBlock } = await context.must("provider", bond.provider)
  if (thawing === 0n) return
  await context.change("provider", bond.provider, {
    frozenUntilBlock: Math.max(frozenUntilBlock, untilBlock),
  })
}
