import type { RevealRow } from "../../../../src/facts/entities.ts"
import type { AsOf, DisputeFacts } from "../../../../src/facts/source.ts"
import { isBefore } from "../../../../src/facts/state/deadline.ts"
import { DIRECT } from "../../../../src/protocol/batch.ts"
import type { ModelHeader } from "../../../../src/protocol/model.ts"
import { OnusError } from "../../../../src/protocol/errors.ts"
import {
  answerDemandCall,
  answerOmissionCall,
  claimRestitutionCall,
  claimRewardCall,
  convictCall,
  convictSignedCall,
  settleDemandCall,
  settleOmissionCall,
} from "../../../../src/sdk/calls.ts"
import { withheldEvidence } from "../../../../src/sdk/game/convict.ts"
import { openCourt } from "../../../../src/sdk/game/court.ts"
import { readGame } from "../../../../src/sdk/game/read.ts"
import type { Chain } from "../../site/chain.ts"
import { useSource } from "../../site/context.tsx"
import { apart } from "../../verify/apart.ts"
import type { Evidence, EvidenceState } from "../../verify/use-evidence.ts"
import { Actions, type Deed } from "../../wallet/action.tsx"

interface DisputeActionsProps {
  readonly facts: DisputeFacts
  readonly found: EvidenceState
}

/** What anybody can do about a dispute, as far as its state leaves something to do. */
export function DisputeActions({ facts, found }: DisputeActionsProps) {
  const { chain, asOf, facts: source } = useSource()
  const { evidence } = found
  if (!chain || !asOf || evidence?.examined.receiptId !== facts.dispute.id) return null
  const headerOf = async (id: string): Promise<ModelHeader> => {
    const { data } = await source.model(id)
    if (data) return data
    throw new OnusError("ModelUnknown", `Nobody has registered model ${id}`)
  }
  const stage = { chain, asOf, evidence, facts, headerOf }
  const waiting = facts.reveals.filter(({ answeredAt, kind }) => answeredAt === null && kind !== "upload")
  const deeds = [
    ...(facts.dispute.state === "open" ? waiting.flatMap((reveal) => answering(stage, reveal)) : []),
    ...(facts.dispute.state === "convicted" ? claiming(stage) : []),
    ...settling(stage),
  ]
  return <Actions title="What anybody can do" deeds={deeds} />
}

interface Stage {
  readonly chain: Chain
  readonly asOf: AsOf
  readonly evidence: Evidence
  readonly facts: DisputeFacts
  readonly headerOf: (modelId: string) => Promise<ModelHeader>
}

/** While there is time, the answer; then the conviction for silence. */
function answering(stage: Stage, reveal: RevealRow): readonly Deed[] {
  const { chain, asOf, evidence } = stage
  const { client } = chain
  const { signed, inclusion } = evidence.examined
  const place = inclusion ?? DIRECT
  const isOpen = isBefore({ until: reveal.due, untilBlock: reveal.dueBlock }, asOf)
  if (reveal.kind === "anchor")
    return isOpen
      ? [
          {
            name: "Respond",
            sentence: "Shows where this answer was anchored. Anybody may; the bond is the provider's then.",
            build: () => answerOmissionCall(client, signed.receipt, place),
          },
        ]
      : [
          {
            name: "Convict for silence",
            sentence: "The place was not shown in time.",
            build: () => convictSignedCall(client, "Omission", signed, "0x"),
          },
        ]
  if (isOpen) return [respond(stage, reveal)]
  return [
    {
      name: "Convict for silence",
      about: reveal.questionId,
      sentence: "What was asked for was not shown in time.",
      build: async () => {
        const header = await stage.headerOf(signed.receipt.modelId)
        const silence = withheldEvidence({ header }, reveal.questionId)
        return convictCall(client, "WrongExecution", signed.receipt, place, silence)
      },
    },
  ]
}

/** Computes the answer in this browser, from the file and the model. */
function respond({ chain, evidence, headerOf }: Stage, { questionId }: RevealRow): Deed {
  const { examined, text, model } = evidence
  const { receipt } = examined.signed
  return {
    name: "Respond",
    about: questionId,
    sentence: "Shows what was asked for, computed here from the answer's file. Anybody may.",
    build: async () => {
      if (!model)
        throw new OnusError("ModelMissing", "The model's file is needed to answer", { hint: "Drop it above" })
      const court = await openCourt(chain.client)
      const { asked } = await readGame(court, { receipt })
      const question = asked.find((one) => one.questionId === questionId)?.question
      if (!question) throw new OnusError("NotDemanded", `Nobody has asked ${questionId}`)
      const header = await headerOf(receipt.modelId)
      const { answer, traceRoot } = await apart("answer", { text, model, question })
      return answerDemandCall(court, { receipt, header }, question, answer, traceRoot)
    },
  }
}

/** Once the escrow of its conviction is over. */
function claiming({ chain: { client }, evidence, facts }: Stage): readonly Deed[] {
  const owed = facts.credits.filter(({ state }) => state === "escrow")
  return owed.flatMap(({ part, conviction }) => {
    if (part === "burned") return []
    const isReward = part === "reward"
    return [
      {
        name: `Claim: ${part}`,
        sentence: `Pays the ${isReward ? "challenger" : "consumer"}, once the escrow is over. Anybody may send it.`,
        build: () =>
          isReward
            ? claimRewardCall(client, conviction)
            : claimRestitutionCall(client, evidence.examined.signed.receipt),
      },
    ]
  })
}

/** Bonds of questions that lie there still, once the dispute is over. */
function settling({ chain: { client }, evidence, facts }: Stage): readonly Deed[] {
  if (facts.dispute.state === "open") return []
  const { signed, inclusion } = evidence.examined
  return facts.reveals.flatMap(({ kind, paidTo, bond, questionId }): readonly Deed[] => {
    if (paidTo !== null || bond === null || kind === "upload") return []
    return [
      {
        name: "Settle a bond",
        about: questionId,
        sentence: "Pays the bond of a question to whom it belongs.",
        build: async () =>
          kind === "anchor"
            ? settleOmissionCall(client, signed.receipt)
            : settleDemandCall(await openCourt(client), { receipt: signed.receipt, inclusion }, questionId),
      },
    ]
  })
}
