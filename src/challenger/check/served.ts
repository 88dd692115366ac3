import { hexlify } from "ethers"
import { isOnusError } from "../../protocol/errors.ts"
import { Space } from "../../protocol/program.ts"
import { firstFault } from "../../engine/audit/find-fault.ts"
import type { Execution } from "../../engine/executor.ts"
import { totalLeaves } from "../../engine/program/program.ts"
import { tensorsOf } from "../../engine/trace/commitment.ts"
import { TreeBuilder } from "../../protocol/tree-builder.ts"
import type { SignedReceipt } from "../../protocol/receipt.ts"
import { type Bundle, runOf } from "../../sdk/bundle.ts"
import { openBundle } from "../../sdk/verify.ts"
import type { Served } from "../check.ts"
import { isEager, isSame } from "./compare.ts"

/** What a provider's own words say about a mismatch. */
export interface Shown {
  /** An element of the trace that the receipt commits to, which does not follow from its operands. */
  readonly served?: Served
  /** The outputs that the receipt commits to are known, and others than those of the run. */
  readonly isOutputWrong: boolean
}

/**
 * Holds what a provider serves against a run of one's own. Only what hashes to the commitments of the receipt is the provider's;
 * everything else anybody may have made up.
 *
 * @throws OnusError `ExecutorsDisagree` when the interpreter does not confirm the run.
 */
export function examine(signed: SignedReceipt, served: Bundle, own: Execution): Shown {
  const bundle: Bundle = { ...served, signed }
  const isOutputWrong = hasWrongOutput(signed, bundle, own)
  if (!isEager(signed.receipt)) return { isOutputWrong }
  try {
    const { run } = openBundle(own.program, bundle)
    const fault = firstFault(run, own)
    if (!fault) return { isOutputWrong }
    return { isOutputWrong, served: { bundle, ...fault } }
  } catch (error) {
    if (isForged(error)) return { isOutputWrong }
    throw error
  }
}

function hasWrongOutput({ receipt }: SignedReceipt, bundle: Bundle, own: Execution): boolean {
  const { program } = own
  const tensors = tensorsOf(program, Space.Output)
  let run: Execution
  try {
    run = runOf(program, bundle)
  } catch (error) {
    if (isForged(error)) return false
    throw error
  }
  const builder = new TreeBuilder(totalLeaves(tensors))
  for (const tensor of tensors) builder.addTensor(tensor, run.bytes(tensor))
  if (!isSame(hexlify(builder.finish().root), receipt.outputCommitment)) return false
  return tensors.some((tensor) => Buffer.compare(run.bytes(tensor), own.bytes(tensor)) !== 0)
}

/** Something else than what the receipt commits to. */
const isForged = (error: unknown): boolean =>
  isOnusError(error, "CommitmentMismatch") || isOnusError(error, "TensorSizeMismatch")
