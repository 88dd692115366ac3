import { Resolver, lookup } from "node:dns/promises"
import { setTimeout as pause } from "node:timers/promises"
import type { Resolve } from "./limits.ts"

/** Milliseconds until a name server is asked once more, and how often. */
const TIMEOUT = 1_500
const TRIES = 2
/** Milliseconds that the answer about version 6 may come after that about version 4. */
const GRACE = 250

/** Looks names up as the system does, with its files. Each one takes a thread of few for as long as it lasts. */
export const bySystem: Resolve = (host) => lookup(host, { all: true, order: "verbatim" })

/**
 * Asks the name servers of the system, or others: a name whose server is slow on purpose keeps nothing else waiting, as it takes no
 * thread. Names that only this machine or its network knows are not found.
 */
export function byNameServers(servers?: readonly string[]): Resolve {
  const resolver = new Resolver({ timeout: TIMEOUT, tries: TRIES })
  if (servers) resolver.setServers(servers)
  const none = (): string[] => []
  return async (host) => {
    const asked = resolver.resolve6(host).catch(none)
    const v4 = await resolver.resolve4(host).catch(none)
    // Some servers never answer about version 6: who is reached without it does not wait for that.
    const late = pause(GRACE, undefined, { ref: false }).then(none)
    const v6 = await (v4.length > 0 ? Promise.race([asked, late]) : asked)
    return [
      ...v4.map((address) => ({ address, family: 4 })),
      ...v6.map((address) => ({ address, family: 6 })),
    ]
  }
}
