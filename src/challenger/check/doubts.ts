import { isOnusError } from "../../protocol/errors.ts"
import { isOutage } from "../../service/one-by-one.ts"
import type { Opinion } from "../check.ts"

/** This machine, or this version, cannot judge: what is served is right. */
const OWN = [
  "ExecutorsDisagree",
  "ModelTooLarge",
  "ProgramUnsupported",
  "RunsDiffer",
  "SelfTestFailed",
  "SemanticsDiffer",
]

/** What an error on the way to a verdict means. @throws the error itself if it says nothing about the receipt. */
export function opinionOn(error: unknown): Opinion {
  if (!isOnusError(error) || isOutage(error) || error.code === "PoolClosed") throw error
  const reason = error.message
  if (OWN.includes(error.code)) return { verdict: "differs", reason }
  // What nobody serves may be handed in later, and threads that did not start or died may do better when less else is going on.
  return { verdict: "unfetchable", reason, isFinal: false }
}
