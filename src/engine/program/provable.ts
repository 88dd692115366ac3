import { OnusError } from "../../protocol/errors.ts"
import { Body, type Step } from "../../protocol/program.ts"
import type { Program } from "./program.ts"
import { PROOF_LIMITS, type ProofCost, proofCosts } from "./proof-cost.ts"
import { product } from "./view.ts"

/** What a transaction may take. */
export type ProofLimits = Pick<ProofCost, "bytes" | "gas">

/** What it takes at most to convict any element of a step. */
export interface StepCost extends ProofCost {
  /** How many transactions within the limits: several where a reduction is resumed; `undefined` if none do. */
  readonly transactions: number | undefined
}

/** The worst cases of all steps, from their shapes alone. */
export function stepCosts(program: Program, limits: ProofLimits = PROOF_LIMITS): StepCost[] {
  const single = proofCosts({ ...program, steps: program.steps.map(withOneTerm) })
  return proofCosts(program).map((cost, i) => {
    return { ...cost, transactions: transactionsFor(program.steps[i], cost, single[i], limits) }
  })
}

/** The first step of which some element could not be proven wrong within the limits, if there is one. */
export function findUnprovable(program: Program, limits?: ProofLimits): StepCost | undefined {
  return stepCosts(program, limits).find(({ transactions }) => transactions === undefined)
}

/**
 * Refuses a program of which some element could not be proven wrong, in one transaction or in several: its answers
 * could not be held against anybody.
 *
 * @throws OnusError `ProofTooLarge`, naming the step.
 */
export function requireProvable(program: Program, limits: ProofLimits = PROOF_LIMITS): void {
  const unprovable = findUnprovable(program, limits)
  if (!unprovable) return
  const { step, bytes, gas } = unprovable
  const message = `A proof about step ${step} may take ${bytes} bytes and ${gas} gas; ${limits.bytes} and ${limits.gas} are allowed, and it cannot be cut`
  throw new OnusError("ProofTooLarge", message, {
    hint: "One element reads too many values, or values that lie too far apart: make the layer smaller",
  })
}

const withOneTerm = (step: Step): Step => ({ ...step, reduction: step.reduction.map(() => 1) })

function transactionsFor(
  { body, reduction }: Step,
  all: ProofCost,
  one: ProofCost,
  limits: ProofLimits,
): number | undefined {
  const isOver = (cost: ProofCost) => cost.gas > limits.gas || cost.bytes > limits.bytes
  if (!isOver(all)) return 1
  // A read has nothing to resume.
  if (isOver(one) || body === Body.Read) return undefined
  const terms = product(reduction)
  const counts = (["gas", "bytes"] as const).map((unit) => {
    const each = (all[unit] - one[unit]) / (terms - 1)
    return Math.ceil(terms / (1 + Math.floor((limits[unit] - one[unit]) / each)))
  })
  return Math.max(...counts)
}
