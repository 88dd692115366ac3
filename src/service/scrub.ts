import type { KeyConfig } from "./config/shared-config.ts"

/** Takes what is secret out of a text. */
export type Scrub = (text: string) => string

const HIDDEN = "[hidden]"
/** Shorter ones would take letters out of words. */
const SHORTEST = 6
/** Paths of a node that hold a key are at least so long. */
const SHORTEST_PATH = 12
const SHORTEST_TOKEN = 16

/**
 * Hides secrets that are known, credentials in URLs, and what follows `Bearer` or `Basic`.
 *
 * @param secrets wherever they stand they are hidden, also as JSON or a URL writes them.
 */
export function createScrub(secrets: readonly string[] = []): Scrub {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
  // The longest first: one may hold another.
  const known = [...new Set(forms)].toSorted((a, b) => b.length - a.length)
  return (text) =>
    known
      .reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text)
      .replaceAll(/(\w:\/\/)[^\s/?#@"'\\]{1,500}@/g, `$1${HIDDEN}@`)
      .replaceAll(/\b(Bearer|Basic) +[\w.~+/=-]{6,5000}/gi, `$1 ${HIDDEN}`)
}

/** What of a configuration may hold credentials. */
export interface Secretive {
  readonly urls: readonly (string | undefined)[]
  readonly keys: readonly (KeyConfig | undefined)[]
}

/**
 * What a configuration holds that nobody may read in a log: raw keys, and of each URL whatever is not its host: keys of hosted
 * nodes stand in the path.
 */
export function secretsOf(
  { urls, keys }: Secretive,
  environment: NodeJS.ProcessEnv = process.env,
): readonly string[] {
  return [
    ...urls.flatMap((url) => (url === undefined ? [] : secretsOfUrl(url))),
    ...keys.flatMap((key) => (key === undefined ? [] : secretsOfKey(key, environment))),
  ]
}

function secretsOfUrl(text: string): string[] {
  const url = text.startsWith("sqlite:") ? null : URL.parse(text)
  if (url === null) return []
  // Names of databases and short paths are no secrets; tokens are long.
  const isDatabase = text.startsWith("postgres")
  const path = isDatabase || url.pathname.length < SHORTEST_PATH ? [] : [url.pathname.slice(1)]
  const tokens = [url.username, ...url.pathname.split("/")].filter((part) => part.length >= SHORTEST_TOKEN)
  return [...path, ...tokens, url.password, decoded(url.password), ...url.searchParams.values()]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function secretsOfKey(key: KeyConfig, environment: NodeJS.ProcessEnv): string[] {
  if (key.kind === "web3signer") return secretsOfUrl(key.url)
  const raw = key.kind === "raw" ? environment[key.env]?.trim() : undefined
  return raw === undefined ? [] : [raw, raw.replace(/^0x/, "")]
}

/** A URL for people: where it leads, and nothing that opens a door. */
export function shownUrl(text: string): string {
  if (text.startsWith("sqlite:")) return text
  const url = URL.parse(text)
  if (url === null) return HIDDEN
  const user = url.username === "" ? "" : `${HIDDEN}@`
  const isOpen = url.pathname.length < SHORTEST_PATH || text.startsWith("postgres")
  return `${url.protocol}//${user}${url.host}${isOpen ? url.pathname : `/${HIDDEN}`}${url.search === "" ? "" : `?${HIDDEN}`}`
}
