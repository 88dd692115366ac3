import { type LookupAddress } from "node:dns"
import { type LookupFunction, isIP } from "node:net"
import { isPublicAddress } from "./addresses.ts"
import { failed, notPublic } from "./errors.ts"
import type { FetchOptions, Resolve } from "./limits.ts"
import { byNameServers, bySystem } from "./resolve.ts"

export type GuardOptions = Pick<FetchOptions, "allowPrivate" | "isPublic" | "resolve">

/** Decides which addresses may be talked to. */
export class Guard {
  readonly allows: (address: string) => boolean
  readonly #resolve: Resolve
  readonly #running = new Map<string, Promise<readonly LookupAddress[]>>()

  constructor({ allowPrivate = false, isPublic = isPublicAddress, resolve }: GuardOptions) {
    this.allows = allowPrivate ? () => true : isPublic
    this.#resolve = resolve ?? (allowPrivate ? bySystem : byNameServers())
  }

  /**
   * The addresses of a name, for `connect`: it connects to one of these, so that nothing can be looked up once more and be another.
   * Those that are not allowed are left out.
   */
  readonly lookup: LookupFunction = (host, options, callback) => {
    this.#allowed(host).then(
      (all) => {
        if (options.all) callback(null, all)
        else callback(null, all[0].address, all[0].family)
      },
      (error: unknown) => callback(error as Error, ""),
    )
  }

  async #allowed(host: string): Promise<{ address: string; family: number }[]> {
    const all = await this.#lookUp(host)
    if (all.length === 0) throw failed(`The name ${host} cannot be looked up`)
    const allowed = all.filter(({ address }) => this.allows(address))
    if (allowed.length > 0) return allowed.map(({ address, family }) => ({ address, family }))
    throw notPublic(host)
  }

  /** Once for all that want it at the same time. */
  #lookUp(host: string): Promise<readonly LookupAddress[]> {
    const running = this.#running.get(host)
    if (running) return running
    const found = this.#resolve(host).catch(() => [])
    this.#running.set(host, found)
    void found.finally(() => this.#running.delete(host))
    return found
  }

  /** An address that stands in a URL itself is never looked up. @throws OnusError `FetchRefused`. */
  requireHost({ hostname }: URL): void {
    const address = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname
    if (isIP(address) !== 0 && !this.allows(address)) throw notPublic(address)
  }
}
