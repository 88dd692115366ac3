import { dataLength } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import { Body, ElementType, type Step } from "../../protocol/program.ts"
import type { Execution } from "../executor.ts"
import { PROOF_LIMITS, proofCosts } from "../program/proof-cost.ts"
import type { ProofLimits } from "../program/provable.ts"
import { product } from "../program/view.ts"
import { evaluate } from "../reference/evaluate.ts"
import type { Commitment } from "../trace/commitment.ts"
import { elementProof, encodedProof } from "./evidence.ts"
import { type ChunkSets, Reads } from "./reads.ts"

/** A proof that takes several transactions. */
export interface ProofInParts {
  /** The `proof` arguments of `IResumption.advance`, in their order; none if the whole fits one transaction. */
  readonly uploads: readonly string[]
  /** How many terms are done after each of them. */
  readonly until: readonly number[]
  /** Names the proof, with step and element: which candidate has the rank; 0 for other bodies. */
  readonly hint: number
  /** That of the conviction. */
  readonly conclusion: string
}

/**
 * Cuts the proof of one element into parts that fit transactions.
 *
 * @throws OnusError `ProofTooLarge` if a single term does not.
 */
export function proofInParts(
  run: Execution,
  commitment: Pick<Commitment, "open">,
  stepIndex: number,
  element: number,
  limits: ProofLimits = PROOF_LIMITS,
): ProofInParts {
  const whole = elementProof(run, commitment, stepIndex, element)
  const step = run.program.steps[stepIndex]
  // Exactly what `findUnprovable` promises, or a challenger that relied on it would lose what it has left for questions.
  const fits = (proof: string): boolean => dataLength(proof) <= limits.bytes
  const most = termsPerPart(run, stepIndex, limits.gas)
  const reads = new Reads(step, element, run.bytes.bind(run))
  if (reads.terms <= most && fits(whole)) return { uploads: [], until: [], hint: 0, conclusion: whole }

  const rank = rankOf(step, element, run)
  const hint = Math.max(rank, 0)
  const uploads: string[] = []
  const until: number[] = []
  const proofOf = (chunks: ChunkSets, until: number): string =>
    encodedProof(run, commitment, { stepIndex, element, hint, until, chunks })
  const always = reads.always(rank)
  const termsFrom = (from: number, count: number): ChunkSets =>
    [always, ...Array.from({ length: count }, (_, i) => reads.term(from + i))].reduce(united)
  let from = 0
  for (;;) {
    const left = reads.terms - from
    if (left <= most) {
      // The conclusion takes the last terms with it if there is room.
      const conclusion = proofOf(united(termsFrom(from, left), reads.rest()), 0)
      if (fits(conclusion)) return { uploads, until, hint, conclusion }
    }
    // As many terms as fit, found by halving: proofs of more terms are not smaller.
    let count = Math.min(most, left)
    let proof = proofOf(termsFrom(from, count), from + count)
    for (; !fits(proof) && count > 1; proof = proofOf(termsFrom(from, count), from + count))
      count = Math.floor(count / 2)
    if (!fits(proof) || count === 0) {
      const message = `No transaction has room for term ${from} of element ${element} of step ${stepIndex}`
      throw new OnusError("ProofTooLarge", message)
    }
    uploads.push(proof)
    from += count
    until.push(from)
  }
}

const united = (a: ChunkSets, b: ChunkSets): ChunkSets =>
  a.map((set, operand) => new Set([...set, ...b[operand]]))

/** How many terms a transaction has gas for, in the worst case. */
function termsPerPart({ program }: Execution, stepIndex: number, gas: number): number {
  const step = program.steps[stepIndex]
  const cost = (reduction: readonly number[]): number => {
    const steps = program.steps.map((one, i) => (i === stepIndex ? { ...one, reduction } : one))
    return proofCosts({ ...program, steps })[stepIndex].gas
  }
  const terms = product(step.reduction)
  const [one, all] = [cost(step.reduction.map(() => 1)), cost(step.reduction)]
  return terms === 1 ? 1 : 1 + Math.max(0, Math.floor(((gas - one) / (all - one)) * (terms - 1)))
}

/** Which candidate has the rank; 0 for other bodies, -1 if none has. */
function rankOf(step: Step, element: number, run: Execution): number {
  if (step.body !== Body.Rank) return 0
  const output = { ...step.output, type: ElementType.Int64 }
  const bits = evaluate({ ...step, output, epilogue: [] }, element, (tensor) => run.bytes(tensor))
  return Number(BigInt.asIntN(64, bits))
}
