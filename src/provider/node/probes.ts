import { isOnusError } from "../../protocol/errors.ts"
import type { Probe } from "../../service/vitals.ts"
import type { Facts } from "../reconcile/facts.ts"

export interface ProbesOptions {
  /** The name of this process. */
  readonly replica: string
  readonly facts: Pick<Facts, "set">
  /** Says to other replicas that this one lives. */
  readonly beat: () => Promise<void>
}

/** What of a provider node must be in order besides what every program needs: its share of the stake, and its journal. */
export function probesOf({ replica, facts, beat }: ProbesOptions): readonly Probe[] {
  /** What another thing than the share kept the last beat from being. */
  let failure: unknown
  const share = async () => {
    failure = undefined
    try {
      await beat()
    } catch (error) {
      // Who was silent for long must not promise what others took over meanwhile.
      if (isOnusError(error, "SharesTooLarge")) return error.message
      failure = error
    }
    return undefined
  }
  const journal = async () => {
    try {
      if (failure !== undefined) throw failure as Error
      // Only a write shows whether one is possible.
      await facts.set(`alive-${replica}`, String(Date.now()))
      return undefined
    } catch (error) {
      return `The journal takes no writes: ${error instanceof Error ? error.message : String(error)}`
    }
  }
  return [
    { check: "share", code: "SharesTooLarge", look: share },
    { check: "journal", code: "JournalUnwritable", look: journal },
  ]
}
