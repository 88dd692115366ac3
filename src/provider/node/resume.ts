import type { Issuer } from "../issue/issuer.ts"
import type { Entry, Journal } from "../journal.ts"
import type { Log } from "../../service/log.ts"

/** Milliseconds until what failed is tried again. */
const PAUSE_MS = 5_000

/** Finishes what a crash has interrupted, beside the requests that come in. */
export interface Resuming {
  /** Attempts no more; what is left is done at the next start. */
  stop(): void
}

/** Runs interrupted claims again, one after the other, until each has its receipt. */
export function resumeAll(entries: readonly Entry[], issuer: Pick<Issuer, "resume">, log: Log): Resuming {
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  const attempt = async (left: readonly Entry[]): Promise<void> => {
    const failed: Entry[] = []
    for (const entry of left) {
      if (isStopped) return
      try {
        await issuer.resume(entry)
      } catch (error) {
        failed.push(entry)
        log.warn({ request: entry.request, error }, "An interrupted answer could not be finished yet")
      }
    }
    if (failed.length === 0 || isStopped) return
    timer = setTimeout(() => void attempt(failed), PAUSE_MS)
  }
  if (entries.length > 0) log.info({ count: entries.length }, "Interrupted answers are finished")
  void attempt(entries)
  return {
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

/** What is needed to finish what others have begun. */
export interface Adoption {
  readonly journal: Pick<Journal, "orphans">
  /** Names of the replicas that live, this one included. */
  readonly living: () => Promise<readonly string[]>
  readonly issuer: Pick<Issuer, "resume">
  readonly log: Log
}

/**
 * Finishes what replicas have begun that live no more: an answer may have left one before its receipt was kept, and it may never
 * come back.
 */
export async function adoptOrphans({ journal, living, issuer, log }: Adoption): Promise<void> {
  const entries = await journal.orphans(await living())
  for (const entry of entries) {
    try {
      await issuer.resume(entry)
      log.info({ request: entry.request }, "An answer of another replica is finished")
    } catch (error) {
      log.warn({ request: entry.request, error }, "An answer of another replica could not be finished yet")
    }
  }
}
