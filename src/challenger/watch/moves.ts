import type { Told } from "./contracts.ts"
import type { Move } from "./disputes.ts"

/** What events of disputes hold, together. */
interface EventArgs {
  readonly receiptId: string
  readonly questionId: string
  readonly challenger: string
  readonly claimant: string
  readonly responder: string
  readonly to: string
  readonly root: string
  readonly fault: bigint
  readonly offenceId: string
  readonly payoutId: string
  readonly provider: string
  readonly due: bigint
  readonly dueBlock: bigint
  readonly bond: bigint
  readonly punitive: bigint
  readonly amount: bigint
}

/** What an event says of a dispute; undefined if it is about something else. */
export function moveOf({ name, args, log }: Told): Move | undefined {
  // Those hold text, and what is none throws when it is read.
  if (name.startsWith("providers.") || name.startsWith("models.")) return undefined
  const said = args.toObject() as EventArgs
  const common = {
    subject: said.receiptId,
    question: "",
    actor: "",
    due: 0,
    dueBlock: 0,
    amount: 0n,
    block: log.blockNumber,
    place: log.index,
  }
  const clocks = () => ({ due: Number(said.due), dueBlock: Number(said.dueBlock), amount: said.bond })
  switch (name) {
    case "judge.Demanded":
      return { ...common, ...clocks(), name: "demanded", question: said.questionId, actor: said.challenger }
    case "omission.Claimed":
      return { ...common, ...clocks(), name: "claimed", actor: said.claimant }
    case "judge.NodeAnswered":
    case "judge.ChunkAnswered":
    case "judge.LeafAnswered":
      return { ...common, name: "answered", question: said.questionId, actor: said.responder }
    case "omission.Answered":
      return { ...common, name: "answered" }
    case "judge.TraceRootPosted":
      return { ...common, name: "posted", question: said.root }
    case "judge.Settled":
      return { ...common, name: "settled", question: said.questionId, actor: said.to, amount: said.bond }
    case "omission.Settled":
      return { ...common, name: "settled", actor: said.to, amount: said.bond }
    case "onus.Convicted": {
      const question = `${said.fault} ${said.payoutId} ${said.offenceId}`
      return {
        ...common,
        name: "convicted",
        question,
        actor: said.challenger,
        amount: said.bond + said.punitive,
      }
    }
    case "onus.RewardMoved":
      return { ...common, name: "moved", question: said.offenceId, actor: said.to }
    case "onus.PayoutReturned":
      return {
        ...common,
        name: "returned",
        subject: said.payoutId,
        actor: said.provider,
        amount: said.amount,
      }
    default:
      return undefined
  }
}
