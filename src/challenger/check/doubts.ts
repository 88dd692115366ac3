import { isOnusError } from "../../protocol/errors.ts"
import { isOutage } from "../../service/one-by-one.ts"
import type { Opinion } from "../check.ts"

/** The question is nobody's to read but its consumer's. */
const FINAL = ["EvidenceSealed"]

/** This machine, or this version, cannot judge: what is served is right. */
const OWN = [
  "EngineFailed",
  "EngineMemoryExceeded",
  "ExecutorsDisagree",
  "ModelTooLarge",
  "PoolFailed",
  "ProgramUnsupported",
  "RunFailed",
  "RunsDiffer",
  "SelfTestFailed",
  "SemanticsDiffer",
]

/** What an error on the way to a verdict means. @throws the error itself if it says nothing about the receipt. */
export function opinionOn(error: unknown): Opinion {
  if (!isOnusError(error) || isOutage(error) || error.code === "PoolClosed") throw error
  const reason = error.message
  if (OWN.includes(error.code)) return { verdict: "differs", reason }
  return { verdict: "unfetchable", reason, isFinal: FINAL.includes(error.code) }
}
