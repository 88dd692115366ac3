import { describeFault } from "../../engine/audit/describe-fault.ts"
import { type Explanation, explain } from "../../engine/audit/explain.ts"
import type { Execution } from "../../engine/executor.ts"
import { commit } from "../../engine/trace/commitment.ts"
import type { SignedReceipt } from "../../protocol/receipt.ts"
import type { Bundle } from "../../sdk/bundle.ts"
import { NO_SIGNATURE } from "../../sdk/verify-offline.ts"
import { runOf } from "../../sdk/bundle.ts"
import type { Known } from "../book.ts"
import type { Opinion } from "../check.ts"
import { type Difference, compare, isEager } from "../check/compare.ts"

/** A receipt and what was found out about it. */
export type Exported = Pick<Known, "id" | "signed" | "inclusion" | "isAttested">

/** What a page about a finding tells, as data. */
export interface Finding {
  readonly known: Exported
  readonly opinion: Opinion
  readonly own: Execution
  readonly difference: Difference | undefined
  /** The element that the provider's own trace shows to be wrong. */
  readonly fault: ReturnType<typeof describeFault> | undefined
  /** How the right value comes about. */
  readonly explanation: Explanation | undefined
}

/** Puts together what is told about a receipt. */
export function findingOf(known: Exported, opinion: Opinion, own: Execution): Finding {
  const { outputRoot, traceRoot } = commit(own)
  const roots = { outputRoot, traceRoot: isEager(known.signed.receipt) ? traceRoot : undefined }
  const served = opinion.verdict === "mismatch" ? opinion.served : undefined
  return {
    known,
    opinion,
    own,
    difference: compare(known.signed, roots),
    fault: served && describeFault(own.program, served),
    // Of the provider's own trace: its operands are those that the contract computes with.
    explanation: served && explain(runOf(own.program, served.bundle), served.step, served.element),
  }
}

/** The answer as a file: what the provider served, or the question alone. */
export function bundleFor(known: Exported, opinion: Opinion, inputs: Uint8Array): Bundle {
  const served = opinion.verdict === "mismatch" ? opinion.served?.bundle.tensors : undefined
  return {
    signed: withSignature(known.signed),
    tensors: served ?? { input: inputs, trace: new Uint8Array(0), output: new Uint8Array(0) },
    ...(known.inclusion ? { inclusion: known.inclusion } : {}),
  }
}

/** Of a receipt that only the chain has shown, nobody has the signature. */
function withSignature(signed: SignedReceipt): SignedReceipt {
  return signed.signature === "0x" ? { ...signed, signature: NO_SIGNATURE } : signed
}
