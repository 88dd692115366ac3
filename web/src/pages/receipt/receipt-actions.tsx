import type { AsOf, ReceiptFacts } from "../../../../src/facts/source.ts"
import { isBefore } from "../../../../src/facts/state/deadline.ts"
import { DIRECT } from "../../../../src/protocol/batch.ts"
import {
  callOf,
  claimOmissionCall,
  claimRestitutionCall,
  claimRewardCall,
  releaseBatchesCall,
  releaseReceiptCall,
} from "../../../../src/sdk/calls.ts"
import { bondFor, CLAIM_GAS } from "../../../../src/sdk/bond.ts"
import { useSource } from "../../site/context.tsx"
import type { Chain } from "../../site/chain.ts"
import type { Examined } from "../../verify/examined.ts"
import { Actions, type Deed } from "../../wallet/action.tsx"

interface ReceiptActionsProps {
  readonly facts: ReceiptFacts | undefined
  readonly examined: Examined | undefined
}

/** What anybody can do about an answer, as far as its state leaves something to do. */
export function ReceiptActions({ facts, examined }: ReceiptActionsProps) {
  const { chain, asOf } = useSource()
  if (!chain || !asOf) return null
  const deeds = [
    ...releasing(chain, facts, examined, asOf),
    ...claiming(chain, facts, examined),
    ...accusing(chain, facts, examined, asOf.time),
  ]
  return <Actions title="What anybody can do" deeds={deeds} />
}

/** Once the window is over. */
function releasing(
  { client }: Chain,
  facts: ReceiptFacts | undefined,
  examined: Examined | undefined,
  asOf: AsOf,
): readonly Deed[] {
  const { bond, batch } = facts ?? {}
  if (bond?.state !== "locked" || isBefore(bond, asOf)) return []
  const name = "Finalise"
  const sentence = "Gives the bond back to the provider and books its reputation. Anybody may."
  if (batch && !batch.isDirect && bond.id === batch.id) {
    const { provider, model: modelId, root, coverage, count, window } = batch
    const whole = { provider, modelId, root, count: BigInt(count), coverage, window: BigInt(window) }
    return [{ name, sentence, build: () => releaseBatchesCall(client, [whole]) }]
  }
  if (!examined) return []
  const { signed, inclusion } = examined
  return [{ name, sentence, build: () => releaseReceiptCall(client, signed.receipt, inclusion ?? DIRECT) }]
}

/** Once a conviction's escrow is over. */
function claiming(
  { client }: Chain,
  facts: ReceiptFacts | undefined,
  examined: Examined | undefined,
): readonly Deed[] {
  const owed = facts?.credits.filter(({ state }) => state === "escrow") ?? []
  return owed.flatMap(({ conviction: payout, part }): readonly Deed[] => {
    const to = `Claim: ${part}`
    if (part === "reward")
      return [
        {
          name: to,
          sentence: "Pays the challenger, once the escrow is over. Anybody may send it.",
          build: () => claimRewardCall(client, payout),
        },
      ]
    if (part === "burned")
      return [
        {
          name: to,
          sentence: "Burns what nobody gets.",
          build: async () => callOf(await client.onus.burn.populateTransaction(payout)),
        },
      ]
    if (!examined) return []
    return [
      {
        name: to,
        sentence: "Pays the consumer who was harmed, once the escrow is over. Anybody may send it.",
        build: () => claimRestitutionCall(client, examined.signed.receipt),
      },
    ]
  })
}

/** A signed answer that was to be anchored, and is not. */
function accusing(
  { client }: Chain,
  facts: ReceiptFacts | undefined,
  examined: Examined | undefined,
  now: number,
): readonly Deed[] {
  if (!examined || facts?.bond || examined.inclusion) return []
  const { receipt } = examined.signed
  if (BigInt(now) <= receipt.anchorBy) return []
  return [
    {
      name: "Claim an omission",
      sentence:
        "Says that this answer was never anchored. Leaves a bond, which is the provider's if it shows the place.",
      build: async () =>
        claimOmissionCall(client, examined.signed, await bondFor(await client.omission(), CLAIM_GAS)),
    },
  ]
}
