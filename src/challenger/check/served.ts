import { isOnusError } from "../../protocol/errors.ts"
import { firstFault } from "../../engine/audit/find-fault.ts"
import type { Execution } from "../../engine/executor.ts"
import type { SignedReceipt } from "../../protocol/receipt.ts"
import type { Bundle } from "../../sdk/bundle.ts"
import { openBundle } from "../../sdk/verify.ts"
import type { Served } from "../check.ts"

/**
 * Finds an element of a served trace that does not follow from its operands. Only what hashes to the commitments of the receipt is the
 * provider's; everything else anybody may have made up.
 *
 * @param signed A receipt that commits to a trace.
 * @throws OnusError `ExecutorsDisagree` when the interpreter does not confirm the run.
 */
export function examine(signed: SignedReceipt, served: Bundle, own: Execution): Served | undefined {
  const bundle: Bundle = { ...served, signed }
  try {
    const { run } = openBundle(own.program, bundle)
    const fault = firstFault(run, own)
    return fault && { bundle, ...fault }
  } catch (error) {
    if (isForged(error)) return undefined
    throw error
  }
}

/** Something else than what the receipt commits to. */
const isForged = (error: unknown): boolean =>
  isOnusError(error, "CommitmentMismatch") || isOnusError(error, "TensorSizeMismatch")
