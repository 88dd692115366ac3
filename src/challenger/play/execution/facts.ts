import { ZeroAddress } from "ethers"
import { commitmentTo, questionEvidence } from "../../../sdk/game/commit.ts"
import { timeOf } from "../../view.ts"
import type { Payout } from "../at-head.ts"
import { proofId } from "../proof.ts"
import type { Moves, MovesOptions } from "./moves.ts"
import type { Facts, Plan } from "./next.ts"
import type { Table } from "./table.ts"

/** Who reads, and what was left or taken before. */
export interface FactsOptions extends Pick<MovesOptions, "contracts" | "salts"> {
  /** In lower case. */
  readonly me: string
  readonly moves: Pick<Moves, "conviction" | "opening">
  readonly payouts: readonly Payout[]
  readonly hasSpent: boolean
}

/** Reads what the next step of a dispute depends on, at the block of the table. */
export async function factsOf(table: Table, options: FactsOptions): Promise<Facts> {
  const { plan, place, at, view, known, evidence } = table
  const { contracts, salts, me, moves, payouts, hasSpent } = options
  const asked = questionOf(plan)
  const shows = evidence ?? (asked && questionEvidence(asked, salts.of(known.id, asked)))
  const hash = commitmentTo(known.id, me, shows ?? "0x")
  const isInParts = plan.kind === "prove" && plan.proof.uploads.length > 0
  const [demand, since, terms] = await Promise.all([
    asked === undefined ? undefined : at.demand(known.id, asked),
    at.committedAt("judge", hash),
    isInParts ? at.termsOf(proofId(known.id, me, plan.proof)) : 0n,
  ])
  const canConvict = isReady(plan, terms)
  const call = place && canConvict ? await moves.conviction(table) : undefined
  const opening = canConvict || demand || !place?.isOpen ? undefined : await moves.opening(table, terms)
  const tried = opening && (await at.rehearse(me, await opening.call()))
  return {
    me,
    time: BigInt(timeOf(view)),
    clock: view.clock,
    turn: contracts.turn,
    place,
    convictedBy: convictedBy(payouts),
    isPaid: payouts[0].challenger !== ZeroAddress,
    plan,
    demand,
    commitment: { hash, since },
    terms,
    rehearsal: call && (await at.rehearse(me, call)),
    refusal: tried && "refusal" in tried ? tried.refusal : undefined,
    hasSpent,
  }
}

/** Who is to be paid for a wrong execution, if anybody is; in lower case. */
export const convictedBy = (payouts: readonly Payout[]): string | undefined =>
  payouts.find(({ challenger, fault }) => challenger !== ZeroAddress && fault === "WrongExecution")
    ?.challenger

/** The question that a plan turns on. */
function questionOf(plan: Plan): string | undefined {
  if (plan.kind === "agreement") return undefined
  return plan.kind === "prove" ? plan.proof.questionId : plan.questionId
}

/** Whether a conviction can be tried out. */
const isReady = (plan: Plan, terms: bigint): boolean =>
  plan.kind === "withheld" || (plan.kind === "prove" && terms >= BigInt(plan.proof.until.at(-1) ?? 0))
