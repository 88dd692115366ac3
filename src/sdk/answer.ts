import { type Signer, ZeroHash } from "ethers"
import { OnusError } from "../protocol/errors.ts"
import { type Receipt, type Registry, type SignedReceipt, signReceipt } from "../protocol/receipt.ts"
import { traceCommitment } from "../protocol/trace.ts"
import { requireWindow } from "../protocol/window.ts"
import type { Execution, Executor, Inputs } from "../engine/executor.ts"
import type { Program } from "../engine/program/program.ts"
import { type Commitment, commit } from "../engine/trace/commitment.ts"
import type { Journal } from "./journal.ts"

/** What a consumer asks for besides the inputs. */
export interface AnswerTerms {
  readonly provider: string
  readonly consumer: string
  /** 32 bytes, chosen by the consumer. */
  readonly requestId: string
  /** Token units of restitution. */
  readonly coverage: bigint
  /** Unix seconds: chain time. */
  readonly issuedAt: bigint
  /** Seconds after `issuedAt` within which the receipt will be anchored. */
  readonly anchorWithin: bigint
  /** Seconds. */
  readonly challengeWindow: bigint
  readonly termsHash?: string
}

/** An answer with everything that is needed to check it. */
export interface Answer {
  readonly signed: SignedReceipt
  readonly run: Execution
  readonly commitment: Commitment
}

/** What signs: a key of the provider, for a registry, remembering what it signed. */
export interface AnswerSigner {
  readonly registry: Registry
  readonly key: Signer
  readonly journal: Journal
}

/**
 * Runs a model and signs the answer. The request is claimed in the journal before the signature exists.
 *
 * @throws OnusError as {@link signRun}.
 */
export async function answer(
  signer: AnswerSigner,
  executor: Executor,
  program: Program,
  inputs: Inputs,
  terms: AnswerTerms,
): Promise<Answer> {
  return signRun(signer, await executor.run(program, inputs), terms)
}

/** Signs a run that exists already. @throws OnusError `CoverageZero`, `WindowOutOfRange`, `RequestIdReused`. */
export async function signRun(signer: AnswerSigner, run: Execution, terms: AnswerTerms): Promise<Answer> {
  const { registry, key, journal } = signer
  if (terms.coverage <= 0n)
    throw new OnusError("CoverageZero", `The coverage is ${terms.coverage}; it must be positive`)
  requireWindow(terms.challengeWindow)
  const commitment = commit(run)
  const { provider, consumer, requestId } = terms
  const context = { provider, modelId: run.program.modelId, consumer, requestId }
  const receipt: Receipt = {
    ...context,
    inputCommitment: commitment.inputRoot,
    outputCommitment: commitment.outputRoot,
    traceCommitment: traceCommitment(registry, context, commitment.traceRoot),
    coverage: terms.coverage,
    issuedAt: terms.issuedAt,
    anchorBy: terms.issuedAt + terms.anchorWithin,
    challengeWindow: terms.challengeWindow,
    termsHash: terms.termsHash ?? ZeroHash,
  }
  journal.claim(registry, receipt)
  return { signed: await signReceipt(registry, receipt, key), run, commitment }
}
