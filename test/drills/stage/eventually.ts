import { setTimeout as sleep } from "node:timers/promises"

/** Milliseconds after which something that must come is missed. No drill asserts how long anything takes. */
const PATIENCE = 120_000

/** What is waited for cannot come any more. */
export class Hopeless extends Error {}

export interface Waiting {
  /** What is done between two looks: mine a block, let time pass. */
  readonly meanwhile?: () => Promise<unknown>
  /** Milliseconds between two looks. */
  readonly every?: number
}

/**
 * Looks again and again until a look gives something that is neither `undefined` nor false. A look that throws has seen nothing yet.
 *
 * @param what What is waited for; said when it never comes.
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  { meanwhile, every = 100 }: Waiting = {},
): Promise<Exclude<Awaited<T>, undefined | false | null>> {
  const end = Date.now() + PATIENCE
  let last: unknown = "it never came"
  for (;;) {
    try {
      const seen = await look()
      if (seen !== undefined && seen !== null && seen !== false)
        return seen as Exclude<Awaited<T>, undefined | false | null>
    } catch (error) {
      if (error instanceof Hopeless) throw error
      last = error
    }
    if (Date.now() > end) throw new Error(`${what}: ${message(last)}`, { cause: last })
    await meanwhile?.()
    await sleep(every)
  }
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error))
