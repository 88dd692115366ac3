import { isOnusError } from "../protocol/errors.ts"

/** What fails for everything at once: there is no sense in going on. */
const OUTAGES = /^(?:Rpc\w+|Database(?:Unavailable|Full))$/

/** Whether an error says that a node or the database is out of order, and nothing about what it came up with. */
export const isOutage = (error: unknown): boolean => isOnusError(error) && OUTAGES.test(error.code)

/**
 * Does something for each of several, in order. What fails for one keeps none of the others from being done: a receipt that is damaged
 * on the disk must not make the provider lose all the others.
 *
 * @throws at once when it is an outage; else what failed first, when all the others were done.
 */
export async function oneByOne<T>(items: Iterable<T>, act: (item: T) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = []
  for (const item of items) {
    try {
      await act(item)
    } catch (error) {
      if (isOutage(error)) throw error
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
