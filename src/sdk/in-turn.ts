import { OnusError, isOnusError } from "../protocol/errors.ts"
import type { Sent } from "./client.ts"

/**
 * Sends transactions one after the other. What was sent is done even if a later one fails, so that its error says which
 * were sent before.
 */
export async function inTurn<T extends Sent>(sending: readonly (() => Promise<T>)[]): Promise<T[]> {
  const done: T[] = []
  for (const send of sending) {
    try {
      done.push(await send())
    } catch (error) {
      throw afterOthers(error, done)
    }
  }
  return done
}

function afterOthers(error: unknown, done: readonly Sent[]): unknown {
  if (!isOnusError(error) || done.length === 0) return error
  const { code, message, hint, cause } = error
  const hashes = done.map(({ hash }) => hash).join(", ")
  return new OnusError(code, `${message}. Sent before it, and done: ${hashes}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  })
}
