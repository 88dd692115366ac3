import type { Journal } from "../journal.ts"
import type { StakeCover } from "./stake-cover.ts"

/** The part of the journal that the way of a request needs. */
export type IssuingJournal = Pick<Journal, "claim" | "keep" | "abandon" | "byReceipt" | "byRequest">

/**
 * The journal as the way of a request sees it: what becomes durable is counted there from then on, not as being in flight.
 *
 * @param onKept told of each receipt that was kept, by its request.
 */
export function countedJournal(
  journal: IssuingJournal,
  cover: Pick<StakeCover, "settled" | "unsettled">,
  onKept: (request: string) => void = () => undefined,
): IssuingJournal {
  /** Claims of this process that are not signed yet. */
  const open = new Map<string, bigint>()
  return {
    async claim(claim) {
      const result = await journal.claim(claim)
      if (!result.isNew) return result
      open.set(result.entry.request, claim.terms.coverage)
      cover.settled(claim.terms.coverage)
      return result
    },
    async keep(request, signed) {
      await journal.keep(request, signed)
      open.delete(request)
      onKept(request)
    },
    async abandon(request) {
      const coverage = open.get(request)
      open.delete(request)
      // Whether it succeeds or not: who abandons frees the cover, or goes on holding it.
      if (coverage !== undefined) cover.unsettled(coverage)
      await journal.abandon(request)
    },
    byReceipt: (id) => journal.byReceipt(id),
    byRequest: (request) => journal.byRequest(request),
  }
}
