import type { Journal } from "../journal.ts"
import type { StakeCover } from "./stake-cover.ts"

/**
 * The journal as the way of a request sees it: what becomes durable is counted there from then on, not as being in flight.
 *
 * @param onKept told of each receipt that was kept, by its request.
 */
export function countedJournal(
  journal: Journal,
  cover: StakeCover,
  onKept: (request: string) => void = () => undefined,
): Pick<Journal, "claim" | "keep" | "abandon" | "byReceipt" | "byRequest"> {
  return {
    async claim(claim) {
      const result = await journal.claim(claim)
      if (result.isNew) cover.settled(claim.terms.coverage)
      return result
    },
    async keep(request, signed) {
      await journal.keep(request, signed)
      onKept(request)
    },
    async abandon(request) {
      const entry = await journal.byRequest(request)
      await journal.abandon(request)
      // It is freed next, as all that is not signed, and was counted as durable.
      if (entry) cover.unsettled(entry.terms.coverage)
    },
    byReceipt: (id) => journal.byReceipt(id),
    byRequest: (request) => journal.byRequest(request),
  }
}
