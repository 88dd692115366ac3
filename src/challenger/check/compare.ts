import { ZeroHash } from "ethers"
import { Space } from "../../protocol/program.ts"
import type { Receipt, SignedReceipt } from "../../protocol/receipt.ts"
import { traceCommitment } from "../../protocol/trace.ts"
import { type Program, totalLeaves } from "../../engine/program/program.ts"
import { tensorsOf } from "../../engine/trace/commitment.ts"

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

/**
 * How far the difference alone shows that the provider can be convicted, whatever it reveals or withholds.
 *
 * The root of a tree covers the leaves that steps write and, if those are not a power of two, absent ones behind them. Whatever a
 * provider puts there means nothing, and nobody is convicted for it. So two roots of a tree without absent leaves differ in a number
 * that some step computes; two other roots may differ in nothing that matters, and who asks for more loses the bond. Where no step
 * writes into a tree, all of it is such padding.
 */
export function provabilityOf(
  program: Program,
  { output, trace }: Difference,
): "certain" | "possible" | "none" {
  const leaves = (space: Space) => totalLeaves(tensorsOf(program, space))
  const differing = [...(output ? [leaves(Space.Output)] : []), ...(trace ? [leaves(Space.Trace)] : [])]
  const meaning = differing.filter((count) => count > 0)
  if (meaning.length === 0) return "none"
  return meaning.some((count) => Number.isInteger(Math.log2(count))) ? "certain" : "possible"
}
