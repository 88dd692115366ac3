import { OnusError } from "../protocol/errors.ts"
import { type Receipt, type Registry, recoverSigner } from "../protocol/receipt.ts"
import { traceCommitment } from "../protocol/trace.ts"
import { type FaultyElement, findFault } from "../engine/audit/find-fault.ts"
import type { Execution, Executor } from "../engine/executor.ts"
import type { Program } from "../engine/program/program.ts"
import { type Commitment, commit } from "../engine/trace/commitment.ts"
import type { SignedReceipt } from "../protocol/receipt.ts"
import { type Bundle, runOf } from "./bundle.ts"
import type { Client } from "./client.ts"

/** A bundle whose bytes are what its receipt commits to. */
export interface OpenedBundle {
  readonly run: Execution
  readonly commitment: Commitment
}

/**
 * Checks that a bundle's tensors are those that its receipt commits to.
 *
 * @throws OnusError `ModelMismatch`, `TensorSizeMismatch`, `CommitmentMismatch`.
 */
export function openBundle(program: Program, bundle: Bundle): OpenedBundle {
  const { registry, receipt } = bundle.signed
  if (receipt.modelId !== program.modelId) {
    throw new OnusError(
      "ModelMismatch",
      `The receipt is for model ${receipt.modelId}, not ${program.modelId}`,
      {
        hint: "Give the ONNX file that the receipt's model was registered from",
      },
    )
  }
  const run = runOf(program, bundle)
  const commitment = commit(run)
  requireRoot("input", receipt.inputCommitment, commitment.inputRoot)
  requireRoot("output", receipt.outputCommitment, commitment.outputRoot)
  requireRoot("trace", receipt.traceCommitment, traceCommitment(registry, receipt, commitment.traceRoot))
  return { run, commitment }
}

/**
 * Checks on-chain that a receipt was signed by a key of its provider that was valid when it was issued.
 *
 * @returns the signing key.
 * @throws OnusError `ChainMismatch`, `RegistryMismatch`, `ReceiptMalformed`, `ReceiptSignatureInvalid`,
 * `KeyNotValid`.
 */
export async function verifySignature(client: Client, signed: SignedReceipt): Promise<string> {
  requireRegistry(client.registry, signed.registry)
  const { provider, issuedAt } = signed.receipt
  const key = recoverSigner(signed)
  const { from, until } = await client.onus.keyValidity(provider, key)
  if (until === 0n) {
    throw new OnusError(
      "ReceiptSignatureInvalid",
      `The receipt was signed by ${key}, which is no key of ${provider}`,
      {
        hint: "The receipt was changed after it was signed, or somebody else signed it",
      },
    )
  }
  if (issuedAt < from || issuedAt >= until) {
    throw new OnusError(
      "KeyNotValid",
      `Key ${key} is valid from ${from} until ${until}, not at ${issuedAt}`,
      {
        hint: "Refuse the receipt: nobody can be held to account with it",
      },
    )
  }
  return key
}

/** What re-execution says about an answer. */
export interface Verdict {
  readonly verdict: "match" | "mismatch"
  readonly fault?: FaultyElement
}

/** Re-executes an answer from its inputs and compares every element of the trace. */
export function reexecute(executor: Executor, { run }: OpenedBundle): Verdict {
  const fault = findFault(run, executor)
  return fault ? { verdict: "mismatch", fault } : { verdict: "match" }
}

/** Checks that a receipt is for the registry that the client talks to. */
export function requireRegistry(here: Registry, there: Registry): void {
  if (here.chainId !== there.chainId) {
    throw new OnusError(
      "ChainMismatch",
      `The receipt is for chain ${there.chainId}, the RPC serves ${here.chainId}`,
      {
        hint: "Give the RPC URL of the chain that the receipt is for",
      },
    )
  }
  if (here.address.toLowerCase() !== there.address.toLowerCase()) {
    throw new OnusError(
      "RegistryMismatch",
      `The receipt is for registry ${there.address}, not ${here.address}`,
    )
  }
}

function requireRoot(name: keyof Bundle["tensors"], committed: string, computed: string): void {
  if (committed === computed) return
  throw new OnusError(
    "CommitmentMismatch",
    `The ${name} tensors hash to ${computed}; the receipt commits to ${committed}`,
    {
      hint: "The bundle was changed, or the provider committed to something else than it served",
    },
  )
}

/**
 * Checks that a receipt was signed about now: one that is backdated may be no evidence any more.
 *
 * @param now Unix seconds on the chain.
 * @param tolerance Seconds that clocks may differ.
 * @throws OnusError `ReceiptNotFresh`.
 */
export function requireFresh({ issuedAt }: Receipt, now: bigint, tolerance = 300n): void {
  if (issuedAt >= now - tolerance && issuedAt <= now + tolerance) return
  throw new OnusError("ReceiptNotFresh", `The receipt was issued at ${issuedAt}; it is ${now} now`, {
    hint: "Refuse the answer: a receipt of another time may not count as evidence",
  })
}

/** The terms of a receipt that a consumer asked for and must find in it. */
export type Expected = Partial<
  Pick<Receipt, "provider" | "consumer" | "requestId" | "coverage" | "challengeWindow">
>

/** Checks that a receipt says what was asked for. @throws OnusError `TermsMismatch`. */
export function requireTerms(receipt: Receipt, expected: Expected): void {
  for (const [name, value] of Object.entries(expected)) {
    const actual = receipt[name as keyof Expected]
    if (String(actual).toLowerCase() === String(value).toLowerCase()) continue
    throw new OnusError("TermsMismatch", `The receipt's ${name} is ${actual}, not ${value} as asked for`)
  }
}
