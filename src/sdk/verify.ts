import { ZeroHash } from "ethers"
import { OnusError, isOnusError } from "../protocol/errors.ts"
import type { Inclusion } from "../protocol/batch.ts"
import { type Receipt, type Registry, recoverSigner } from "../protocol/receipt.ts"
import { Space } from "../protocol/program.ts"
import { Role } from "../protocol/role.ts"
import { traceCommitment } from "../protocol/trace.ts"
import { type FaultyElement, findFault, inputsOf } from "../engine/audit/find-fault.ts"
import { Execution, type Executor } from "../engine/executor.ts"
import type { Program } from "../engine/program/program.ts"
import { type Commitment, type RunSpace, commit, tensorsOf } from "../engine/trace/commitment.ts"
import type { SignedReceipt } from "../protocol/receipt.ts"
import { type Bundle, runOf } from "./bundle.ts"
import { chainTime } from "./chain-time.ts"
import type { Client } from "./client.ts"
import { HINTS, call } from "./errors.ts"
import type { Collateral } from "./locate.ts"

/** A bundle whose bytes are what its receipt commits to. */
export interface OpenedBundle {
  readonly run: Execution
  readonly commitment: Commitment
  /** Whether the receipt commits to the trace. If not, that of the run is only what somebody says: see {@link withOwnTrace}. */
  readonly isTraceCommitted: boolean
}

/**
 * Checks that a bundle's tensors are those that its receipt commits to: the trace only if it commits to one.
 *
 * @throws OnusError `ModelMismatch`, `TensorSizeMismatch`, `CommitmentMismatch`.
 */
export function openBundle(program: Program, bundle: Bundle): OpenedBundle {
  const { registry, receipt } = bundle.signed
  requireModelOf(receipt, program)
  const run = runOf(program, bundle)
  const commitment = commit(run)
  requireRoot("input", receipt.inputCommitment, commitment.inputRoot)
  requireRoot("output", receipt.outputCommitment, commitment.outputRoot)
  const isTraceCommitted = receipt.traceCommitment !== ZeroHash
  if (isTraceCommitted) {
    const trace = traceCommitment(registry, receipt, commitment.traceRoot)
    requireRoot("trace", receipt.traceCommitment, trace)
  }
  return { run, commitment, isTraceCommitted }
}

/** Checks that a receipt is for a program. @throws OnusError `ModelMismatch`. */
export function requireModelOf(
  { modelId }: Pick<Receipt, "modelId">,
  program: Pick<Program, "modelId">,
): void {
  if (modelId === program.modelId) return
  throw new OnusError("ModelMismatch", `The receipt is for model ${modelId}, not ${program.modelId}`, {
    hint: "Give the ONNX file that the receipt's model was registered from",
  })
}

/**
 * Where a receipt commits to no trace, puts that of a run of one's own in the place of the bundle's, which anybody may have changed;
 * inputs and outputs stay those of the receipt.
 */
export async function withOwnTrace(executor: Executor, opened: OpenedBundle): Promise<OpenedBundle> {
  const { run, isTraceCommitted } = opened
  if (isTraceCommitted) return opened
  const mixed = withTraceOf(run, await executor.run(run.program, inputsOf(run)))
  return { run: mixed, commitment: commit(mixed), isTraceCommitted }
}

/** A run with everything between inputs and outputs as another run has it. */
export function withTraceOf(run: Execution, own: Execution): Execution {
  const { program } = run
  const tensors = (space: RunSpace, of: Execution) => tensorsOf(program, space).map((one) => of.bytes(one))
  return new Execution(program, {
    [Space.Input]: tensors(Space.Input, run),
    [Space.Weights]: program.constants.map(({ data }) => data),
    [Space.Trace]: tensors(Space.Trace, own),
    [Space.Output]: tensors(Space.Output, run),
  })
}

/**
 * Checks on-chain that a receipt was signed by a key of its provider that was valid when it was issued,
 * and that this was not in the future.
 *
 * @returns the signing key.
 * @throws OnusError `ChainMismatch`, `RegistryMismatch`, `ReceiptMalformed`, `ReceiptSignatureInvalid`,
 * `ReceiptFromFuture`, `KeyNotValid`.
 */
export async function verifySignature(client: Client, signed: SignedReceipt): Promise<string> {
  requireRegistry(client.registry, signed.registry)
  const { provider, issuedAt } = signed.receipt
  const key = recoverSigner(signed)
  const [{ from, until, roles }, now] = await call(
    Promise.all([client.onus.keyValidity(provider, key), chainTime(client)]),
  )
  if ((Number(roles) & Role.Sign) === 0) {
    throw new OnusError(
      "ReceiptSignatureInvalid",
      `The receipt was signed by ${key}, which is no signing key of ${provider}`,
      {
        hint: "The receipt was changed after it was signed, or somebody else signed it",
      },
    )
  }
  if (issuedAt > now) {
    throw new OnusError("ReceiptFromFuture", `The receipt was issued at ${issuedAt}; it is ${now} now`, {
      hint: HINTS.ReceiptFromFuture,
    })
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

/**
 * Checks that a receipt still counts for something: while nothing is anchored, its signature does, and
 * that for as long as stake thaws. The contract says so: stopped disputes prolong it.
 *
 * @throws OnusError `ReceiptTooOld`.
 */
export async function requireEvidence(
  { onus }: Client,
  { receipt, signature }: SignedReceipt,
  { assurance }: Pick<Collateral, "assurance">,
): Promise<void> {
  if (assurance !== "signed") return
  try {
    await call(onus.verifySigned(receipt, signature))
  } catch (cause) {
    if (!isOnusError(cause, "ReceiptTooOld")) throw cause
    const message = `The receipt was issued at ${receipt.issuedAt} and never anchored: its signature counts no more`
    throw new OnusError("ReceiptTooOld", message, { hint: HINTS.ReceiptTooOld, cause })
  }
}

/**
 * What in the batch of a receipt breaks the receipt's promise, as a sentence; undefined if nothing does.
 * The contract convicts by such a batch all the same.
 */
export function brokenPromise(
  { modelId, challengeWindow, anchorBy }: Receipt,
  { assurance, since }: Pick<Collateral, "assurance" | "since">,
  inclusion?: Inclusion,
): string | undefined {
  if (assurance === "signed" || inclusion === undefined) return undefined
  const { batch } = inclusion
  if (batch.modelId.toLowerCase() !== modelId.toLowerCase())
    return `The batch is for model ${batch.modelId}, the receipt for ${modelId}`
  if (batch.window < challengeWindow)
    return `The batch can be challenged for ${batch.window} s, the receipt promises ${challengeWindow} s`
  if (since > anchorBy)
    return `The batch was anchored at ${since}, the receipt promises ${anchorBy} at the latest`
  return undefined
}

/** Checks that a batch keeps what the receipt promises. @throws OnusError `InclusionInvalid`, saying what not. */
export function requireKept(
  receipt: Receipt,
  collateral: Pick<Collateral, "assurance" | "since">,
  inclusion?: Inclusion,
): void {
  const broken = brokenPromise(receipt, collateral, inclusion)
  if (broken === undefined) return
  throw new OnusError("InclusionInvalid", broken, {
    hint: "Refuse the answer: its collateral is not what was promised. `onus dispute` convicts it still if it is wrong",
  })
}

/** What re-execution says about an answer. */
export interface Verdict {
  readonly verdict: "match" | "mismatch"
  readonly fault?: FaultyElement
}

/** Re-executes an answer from its inputs and compares every element of the trace, or of the outputs if it commits to no trace. */
export async function reexecute(executor: Executor, opened: OpenedBundle): Promise<Verdict> {
  const { run } = await withOwnTrace(executor, opened)
  const fault = await findFault(run, executor)
  return fault ? { verdict: "mismatch", fault } : { verdict: "match" }
}

/** Checks that a receipt, or a change of a key, is for the registry that the client talks to. */
export function requireRegistry(here: Registry, there: Registry): void {
  if (here.chainId !== there.chainId) {
    throw new OnusError(
      "ChainMismatch",
      `It was signed for chain ${there.chainId}, the RPC serves ${here.chainId}`,
      {
        hint: "Give the RPC URL of the chain that it was signed for",
      },
    )
  }
  if (here.address.toLowerCase() !== there.address.toLowerCase()) {
    throw new OnusError(
      "RegistryMismatch",
      `It was signed for registry ${there.address}, not ${here.address}`,
      { hint: "Name its registry with --registry or ONUS_REGISTRY, if you trust it" },
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
    throw new OnusError("TermsMismatch", `The receipt's ${name} is ${actual}, not ${value} as asked for`, {
      hint: "Refuse the answer: the provider answered another question, or on other terms",
    })
  }
}
