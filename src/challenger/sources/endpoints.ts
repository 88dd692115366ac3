import { z } from "zod"
import { OnusError } from "../../protocol/errors.ts"
import type { Fetcher } from "../fetch/fetcher.ts"
import { invalid } from "../fetch/errors.ts"
import { readJson } from "../fetch/json.ts"

/** Milliseconds after which a registration file is read again. */
const READ_AGAIN = 300_000
const LARGEST_FILE = 2 ** 18
const MOST_KEPT = 10_000

/** An ERC-8004 registration file, as far as it says where a provider serves. */
const registration = z.object({
  services: z.array(z.object({ name: z.string().max(200), endpoint: z.string().max(2048) })).max(200),
})

interface Kept {
  readonly uri: string
  readonly base: string
  /** Milliseconds. */
  readonly since: number
}

/**
 * Where providers serve. The `uri` of a provider on-chain is the address of its node; or, when its path ends in `.json`, that of a
 * registration file one of whose services has the name `onus`.
 */
export class Endpoints {
  readonly #fetcher: Pick<Fetcher, "get">
  readonly #uriOf: (provider: string) => Promise<string | undefined>
  readonly #now: () => number
  readonly #kept = new Map<string, Kept>()

  constructor(
    fetcher: Pick<Fetcher, "get">,
    uriOf: (provider: string) => Promise<string | undefined>,
    now: () => number = () => performance.now(),
  ) {
    this.#fetcher = fetcher
    this.#uriOf = uriOf
    this.#now = now
  }

  /**
   * The address below which a provider's `/v1/...` is, without a slash at the end.
   *
   * @throws OnusError `EndpointUnknown`, and as `Fetcher.get`; `ContentInvalid`.
   */
  async of(provider: string): Promise<string> {
    const uri = await this.#uriOf(provider)
    const kept = this.#kept.get(provider)
    if (kept && kept.uri === uri && this.#now() - kept.since < READ_AGAIN) return kept.base
    const url = URL.parse(uri ?? "")
    if (uri === undefined || !url || !/^https?:$/.test(url.protocol)) throw unknown(provider)
    const base = url.pathname.endsWith(".json") ? await this.#readFile(provider, uri) : baseOf(url)
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear()
    this.#kept.set(provider, { uri, base, since: this.#now() })
    return base
  }

  async #readFile(provider: string, uri: string): Promise<string> {
    const what = `The registration file of provider ${provider}`
    const { bytes } = await this.#fetcher.get(uri, { maxBytes: LARGEST_FILE })
    const { services } = readJson(bytes, registration, what)
    const service = services.find(({ name }) => name.toLowerCase() === "onus")
    if (!service) throw unknown(provider)
    const url = URL.parse(service.endpoint)
    if (url && /^https?:$/.test(url.protocol)) return baseOf(url)
    throw invalid(`${what} names an endpoint that is no http(s) URL`)
  }
}

/** Without the rest, which has no meaning here. */
function baseOf(url: URL): string {
  const base = new URL(url)
  base.search = ""
  base.hash = ""
  return base.href.replace(/\/+$/, "")
}

const unknown = (provider: string) =>
  new OnusError("EndpointUnknown", `Provider ${provider} does not say where it serves`, {
    hint: "Its uri on-chain must be the http(s) address of its node, or of a registration file that ends in .json",
  })
