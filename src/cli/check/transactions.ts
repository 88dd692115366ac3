import type { Program } from "../../engine/program/program.ts"
import { PROOF_LIMITS, type ProofCost, proofCosts } from "../../engine/program/proof-cost.ts"
import { product } from "../../engine/program/view.ts"
import { Body, type Step } from "../../protocol/program.ts"

/** What it takes at most to convict any element of a step. */
export interface StepCost extends ProofCost {
  /** How many transactions within the limits: several where a reduction can be resumed; `undefined` if none do. */
  readonly transactions: number | undefined
}

/** The worst cases of all steps, from their shapes alone. */
export function stepCosts(program: Program): StepCost[] {
  const single = proofCosts({ ...program, steps: program.steps.map(withOneTerm) })
  return proofCosts(program).map((cost, i) => {
    return { ...cost, transactions: transactionsFor(program.steps[i], cost, single[i]) }
  })
}

const withOneTerm = (step: Step): Step => ({ ...step, reduction: step.reduction.map(() => 1) })

function transactionsFor({ body, reduction }: Step, all: ProofCost, one: ProofCost): number | undefined {
  const over = (cost: ProofCost) => cost.gas > PROOF_LIMITS.gas || cost.bytes > PROOF_LIMITS.bytes
  if (!over(all)) return 1
  // A rank needs all candidates at once, a read has nothing to resume.
  if (over(one) || (body !== Body.Dot && body !== Body.Fold)) return undefined
  const terms = product(reduction)
  const counts = (["gas", "bytes"] as const).map((unit) => {
    const each = (all[unit] - one[unit]) / (terms - 1)
    return Math.ceil(terms / (1 + Math.floor((PROOF_LIMITS[unit] - one[unit]) / each)))
  })
  return Math.max(...counts)
}
