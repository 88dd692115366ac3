import { setImmediate } from "node:timers/promises"
import { type Draw, sampleElements } from "../../engine/audit/sample.ts"
import { elementOf } from "../../engine/audit/find-fault.ts"
import type { Execution } from "../../engine/executor.ts"
import { product } from "../../engine/program/view.ts"
import { evaluate } from "../../engine/reference/evaluate.ts"

/** An element of which the interpreter says something else than a run. */
export interface Doubt {
  readonly step: number
  readonly element: number
}

/** Milliseconds for which nothing else is done. */
const AT_ONCE_MS = 10

/**
 * Has the interpreter recompute elements of a run from its own operands: as many of each step as the terms allow, and all of them if
 * they allow that. An engine that computes wrongly, the same way each time, is found out by the definition alone.
 *
 * @param terms Scalar operations to spend, shared evenly by the steps.
 */
export async function auditRun(run: Execution, terms: number, draw: Draw): Promise<Doubt | undefined> {
  const { steps } = run.program
  let left = terms
  let since = performance.now()
  for (const [number, step] of steps.entries()) {
    const share = left / (steps.length - number)
    const each = product(step.reduction) + step.epilogue.length + 1
    // At least one: a step that nobody looked at could be the wrong one.
    const elements = sampleElements(step.output, Math.max(1, Math.floor(share / each)), draw)
    for (const element of elements) {
      const expected = evaluate(step, element, (tensor) => run.bytes(tensor))
      if (expected !== elementOf(run, step.output, element)) return { step: number, element }
      if (performance.now() - since < AT_ONCE_MS) continue
      await setImmediate()
      since = performance.now()
    }
    left -= elements.length * each
  }
  return undefined
}
