import { ask } from "../deployment.ts"

/** A height and its Unix seconds. */
export interface Head {
  readonly block: number
  readonly time: number
}

/** Milliseconds for which the head is not asked for again. */
const MAX_AGE = 1000

/** The chain's head; the last known one while the node does not answer. */
export function headOf(rpc: string): () => Promise<Head> {
  let known: Head = { block: 0, time: 0 }
  let asked = -Infinity
  let asking = Promise.resolve(known)
  return () => {
    if (performance.now() - asked > MAX_AGE) {
      asked = performance.now()
      asking = ask(rpc, "eth_getBlockByNumber", ["latest", false])
        .then((block) => {
          const { number, timestamp } = block as { number: string; timestamp: string }
          return (known = { block: Number(number), time: Number(timestamp) })
        })
        .catch(() => known)
    }
    return asking
  }
}
