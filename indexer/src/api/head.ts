import { ask } from "../deployment.ts"

/** A height and its Unix seconds. */
export interface Head {
  readonly block: number
  readonly time: number
}

/** Milliseconds for which the head is not asked for again. */
const MAX_AGE = 1000

/**
 * The chain's head. While the node does not answer: the last known one, as late as it would be if nothing had come since, so that
 * nobody takes what stands still for what is up to date.
 *
 * @param now Milliseconds of a clock that does not go back.
 */
export function headOf(rpc: string, now: () => number = () => performance.now()): () => Promise<Head> {
  let known: Head = { block: 0, time: Math.floor(Date.now() / 1000) }
  let heard = now()
  let asked = -Infinity
  let asking = Promise.resolve(known)
  const late = (): Head => ({ ...known, time: known.time + Math.floor((now() - heard) / 1000) })
  return () => {
    if (now() - asked > MAX_AGE) {
      asked = now()
      asking = ask(rpc, "eth_getBlockByNumber", ["latest", false])
        .then((block) => {
          const { number, timestamp } = block as { number: string; timestamp: string }
          heard = now()
          return (known = { block: Number(number), time: Number(timestamp) })
        })
        .catch(late)
    }
    return asking
  }
}
