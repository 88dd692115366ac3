import { OnusError } from "../protocol/errors.ts"
import { toJson } from "../protocol/json.ts"
import type { SignedReceipt } from "../protocol/receipt.ts"
import type { Inclusion } from "../protocol/batch.ts"
import { type FollowedReceipt, followReceipt } from "../facts/follow.ts"
import type {
  Answer,
  AsOf,
  DisputeFacts,
  ModelFacts,
  Page,
  ProviderFacts,
  ProviderWish,
} from "../facts/source.ts"
import { type Comparison, compareProviders } from "../facts/state/compare.ts"
import { type DisputeTurn, disputeTurn } from "../facts/state/dispute.ts"
import { type AnswerCheck, type CheckedAnswer, checkPolicy } from "../sdk/check-policy.ts"
import { type Asked, useAsked } from "./use-asked.ts"

/** Which block is known, and how far behind the chain that is. */
export const useStatus = (): Asked<AsOf> => useAsked("status", ({ facts }) => facts.status())

/** One page of providers. */
export const useProviders = (wish: ProviderWish = {}): Asked<Answer<Page<ProviderFacts>>> =>
  useAsked(keyOf("providers", wish), ({ facts }) => facts.providers(wish))

/** A provider; its data is null if there is none with this id. Asks nothing while `id` is undefined. */
export const useProvider = (id: string | undefined): Asked<Answer<ProviderFacts | null>> =>
  useAsked(keyOf("provider", id), ({ facts }) => facts.provider(id!))

/** Two to four providers side by side. Asks nothing while there are fewer. */
export const useComparison = (ids: readonly string[], model?: string): Asked<Comparison> =>
  useAsked(keyOf("comparison", ids.length > 1 ? [ids, model] : undefined), ({ facts }) =>
    compareProviders(facts, ids, model),
  )

/** A model with who has served it. */
export const useModel = (id: string | undefined): Asked<Answer<ModelFacts | null>> =>
  useAsked(keyOf("model", id), ({ facts }) => facts.model(id!))

/** What became of an answer that the application was given. */
export const useReceipt = (
  signed: Pick<SignedReceipt, "registry" | "receipt"> | undefined,
  inclusion?: Inclusion,
): Asked<FollowedReceipt> =>
  useAsked(keyOf("receipt", signed && [signed.registry, signed.receipt, inclusion]), ({ facts }) =>
    followReceipt(facts, signed!, inclusion),
  )

/** A dispute, and whose move it is. */
export interface FollowedDispute extends Answer<DisputeFacts | null> {
  /** Null if there is no dispute. */
  readonly turn: DisputeTurn | null
}

/** A dispute about a receipt, by the receipt's id. */
export const useDispute = (id: string | undefined): Asked<FollowedDispute> =>
  useAsked(keyOf("dispute", id), async ({ facts }) => {
    const answer = await facts.dispute(id!)
    return { ...answer, turn: answer.data && disputeTurn(answer.data, answer.asOf) }
  })

/**
 * Whether an answer meets a policy, and in words why not. Needs `client` and `policies` of the provider above; its error is
 * `ProviderMissing` without them.
 */
export const usePolicyCheck = (check: AnswerCheck | undefined): Asked<CheckedAnswer> =>
  useAsked(keyOf("policy", check), async ({ client, policies }) => {
    if (client && policies) return checkPolicy(client, policies, check!)
    throw new OnusError("ProviderMissing", "The OnusProvider has no client, or no address of Policies", {
      hint: "Give it both: <OnusProvider facts client policies>",
    })
  })

const keyOf = (question: string, about: unknown): string | undefined =>
  about === undefined ? undefined : `${question} ${toJson(about)}`
