import { ZeroHash } from "ethers"
import { OnusError } from "../protocol/errors.ts"
import { Space, widthOf } from "../protocol/program.ts"
import { recoverSigner } from "../protocol/receipt.ts"
import { traceCommitment } from "../protocol/trace.ts"
import type { FaultyElement } from "../engine/audit/find-fault.ts"
import type { Execution, Executor } from "../engine/executor.ts"
import type { Program } from "../engine/program/program.ts"
import { commit, inputCommitment, tensorsOf } from "../engine/trace/commitment.ts"
import { type Bundle, inputsIn } from "./bundle.ts"
import { verifyPlace } from "./verify-place.ts"
import { openBundle, reexecute, requireModelOf } from "./verify.ts"

/** A commitment of a receipt beside that of a run. */
export interface Root {
  readonly committed: string
  readonly own: string
}

/** What a file says about an answer by itself, without asking any chain. */
export interface OfflineVerdict {
  readonly verdict: "match" | "mismatch"
  /** Who signed; undefined if the file holds no signature. Whether it is a key of the provider, only the chain knows. */
  readonly signer: string | undefined
  /** The batch that the receipt's place leads to; whether it was anchored, only the chain knows. */
  readonly batch: string | undefined
  /** The first wrong element, where the file holds what the provider computed. */
  readonly fault: FaultyElement | undefined
  readonly output: Root
  /** Undefined if the receipt commits to none. */
  readonly trace: Root | undefined
  /** One's own run, with everything kept. */
  readonly own: Execution
  /** The run that the file holds; undefined if it holds the question alone. */
  readonly claimed: Execution | undefined
}

/** What stands where a signature should when only the chain has shown the receipt. */
export const NO_SIGNATURE = `0x${"00".repeat(65)}`

/**
 * Checks whatever needs no chain: commitments, signature, place, and every number by running the question again. A bundle may hold
 * the question alone: then the commitments of the receipt are held against those of the run.
 *
 * @throws OnusError `ModelMismatch`, `TensorSizeMismatch`, `CommitmentMismatch`, `ReceiptSignatureInvalid`, `BatchPathInvalid`.
 */
export async function verifyOffline(
  program: Program,
  bundle: Bundle,
  executor: Executor,
): Promise<OfflineVerdict> {
  const { signed } = bundle
  const { registry, receipt } = signed
  requireModelOf(receipt, program)
  const signer = signed.signature === NO_SIGNATURE ? undefined : recoverSigner(signed)
  const batch = verifyPlace(signed, bundle.inclusion)
  const inputs = inputsIn(program, bundle)
  requireInput(receipt.inputCommitment, inputCommitment(program, inputs))
  const isWhole = !holdsQuestionOnly(program, bundle)
  const opened = isWhole ? openBundle(program, bundle) : undefined
  const own = await executor.run(program, inputs)
  const roots = commit(own)
  const output = { committed: receipt.outputCommitment, own: roots.outputRoot }
  const isEager = receipt.traceCommitment !== ZeroHash
  const trace = isEager
    ? { committed: receipt.traceCommitment, own: traceCommitment(registry, receipt, roots.traceRoot) }
    : undefined
  const fault = opened && (await reexecute(executor, opened)).fault
  const isSame = output.committed === output.own && trace?.committed === trace?.own
  return {
    verdict: isSame ? "match" : "mismatch",
    signer,
    batch,
    fault,
    output,
    trace,
    own,
    claimed: opened?.run,
  }
}

/** Whether a bundle leaves out what the provider computed: nobody has shown it. */
export function holdsQuestionOnly(program: Program, { tensors }: Bundle): boolean {
  const computed = [Space.Trace, Space.Output].flatMap((space) => tensorsOf(program, space))
  const isEmpty = computed.every(({ type, length }) => length * widthOf(type) === 0)
  return !isEmpty && tensors.trace.length === 0 && tensors.output.length === 0
}

function requireInput(committed: string, own: string): void {
  if (committed === own) return
  throw new OnusError(
    "CommitmentMismatch",
    `The input tensors hash to ${own}; the receipt commits to ${committed}`,
    { hint: "The file was changed, or somebody has put another question into it" },
  )
}
