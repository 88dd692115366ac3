import { ZeroHash } from "ethers"
import type { Receipt, SignedReceipt } from "../../protocol/receipt.ts"
import { traceCommitment } from "../../protocol/trace.ts"

/** The roots of a run. */
export interface Roots {
  readonly outputRoot: string
  /** Undefined if the receipt commits to none. */
  readonly traceRoot: string | undefined
}

/** Whether a receipt commits to a trace. */
export const isEager = ({ traceCommitment }: Pick<Receipt, "traceCommitment">): boolean =>
  !/^0x0+$/.test(traceCommitment)

/** Where the commitments of a receipt are not those of a run. */
export interface Difference {
  /** `outputCommitment` or `traceCommitment` of the receipt, and what the run gives instead; one of them at least. */
  readonly output?: { readonly committed: string; readonly own: string }
  readonly trace?: { readonly committed: string; readonly own: string }
}

/** Holds a receipt against a run; undefined if it is right. */
export function compare({ registry, receipt }: SignedReceipt, roots: Roots): Difference | undefined {
  const { outputRoot, traceRoot } = roots
  const isOutputOwn = isSame(receipt.outputCommitment, outputRoot)
  const ownTrace = isEager(receipt) ? traceCommitment(registry, receipt, traceRoot!) : ZeroHash
  const isTraceOwn = isSame(receipt.traceCommitment, ownTrace)
  if (isOutputOwn && isTraceOwn) return undefined
  return {
    ...(isOutputOwn ? {} : { output: { committed: receipt.outputCommitment, own: outputRoot } }),
    ...(isTraceOwn ? {} : { trace: { committed: receipt.traceCommitment, own: ownTrace } }),
  }
}

/** Hexadecimal digits have two cases. */
export const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

/** The difference in a sentence. */
export function describe({ output, trace }: Difference): string {
  const said = [
    ...(output ? [`outputs to ${output.committed}, and the run gives ${output.own}`] : []),
    ...(trace ? [`the trace to ${trace.committed}, and the run gives ${trace.own}`] : []),
  ]
  return `The receipt commits ${said.map((one) => `for ${one}`).join("; ")}`
}
