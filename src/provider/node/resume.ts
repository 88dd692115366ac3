import type { Issuer } from "../issue/issuer.ts"
import type { Entry, Journal } from "../journal.ts"
import type { Log } from "../../service/log.ts"

/** Milliseconds until what failed is tried again. */
const PAUSE_MS = 5_000

/** What finishes claims. */
export interface Finishing {
  readonly issuer: Pick<Issuer, "resume">
  readonly log: Pick<Log, "info" | "warn">
}

/**
 * Runs claims again, one after the other: each gets the receipt that it would have had. One that fails keeps no other waiting.
 *
 * @param isStopped whether to leave the rest.
 * @returns those that could not be finished yet.
 */
export async function finishAll(
  entries: readonly Entry[],
  { issuer, log }: Finishing,
  isStopped: () => boolean = () => false,
): Promise<readonly Entry[]> {
  const failed: Entry[] = []
  for (const entry of entries) {
    if (isStopped()) break
    try {
      await issuer.resume(entry)
      log.info({ request: entry.request }, "An answer that was interrupted is finished")
    } catch (error) {
      failed.push(entry)
      log.warn({ request: entry.request, error }, "An interrupted answer could not be finished yet")
    }
  }
  return failed
}

/** Finishes what a crash has interrupted, beside the requests that come in. */
export interface Resuming {
  /** Attempts no more; what is left is done at the next start. */
  stop(): void
}

/** Finishes claims until each has its receipt, however many there are and however long that takes. */
export function resumeAll(entries: readonly Entry[], finishing: Finishing): Resuming {
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  const attempt = async (left: readonly Entry[]): Promise<void> => {
    const failed = await finishAll(left, finishing, () => isStopped)
    if (failed.length === 0 || isStopped) return
    timer = setTimeout(() => void attempt(failed), PAUSE_MS)
  }
  if (entries.length > 0) finishing.log.info({ count: entries.length }, "Interrupted answers are finished")
  void attempt(entries)
  return {
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

/** What is needed to finish what others have begun. */
export interface Adoption extends Finishing {
  readonly journal: Pick<Journal, "orphans">
  /** Names of the replicas that live, this one included. */
  readonly living: () => Promise<readonly string[]>
}

/**
 * Finishes what replicas have begun that live no more: an answer may have left one before its receipt was kept, and it may never
 * come back.
 */
export async function adoptOrphans({ journal, living, ...finishing }: Adoption): Promise<void> {
  await finishAll(await journal.orphans(await living()), finishing)
}
