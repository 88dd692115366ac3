import { OnusError } from "../protocol/errors.ts"

/** What may be shown of a URL of a node: credentials can be anywhere else in it. */
export function redacted(url: string): string {
  const { protocol, host } = URL.parse(url) ?? {}
  return protocol && host ? `${protocol}//${host}` : "a URL that cannot be read"
}

/** A node's URL, taken apart into what is sent and what is shown. */
export interface Target {
  /** Without user and password: they are in the headers. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** For people, logs and metrics. */
  readonly host: string
  /** Takes what is secret in the URL, and whatever is too long, out of a text that the node chose. */
  readonly scrub: (text: string) => string
}

/** Characters of a node's own words that are passed on. */
const LONGEST_TEXT = 300
/** Pieces of a URL shorter than this are words like `v3` or `rpc`, and no secrets. */
const SHORTEST_SECRET = 8

/**
 * Takes a node's URL apart.
 *
 * @throws OnusError `RpcInvalid` when it is not an http(s) URL; what it is, is not shown.
 */
export function parseTarget(text: string): Target {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || !url.host) {
    throw new OnusError("RpcInvalid", "One of the RPC URLs is not an http(s) URL", {
      hint: "Give the JSON-RPC URL of an Ethereum node; it is not shown here, because it may hold a password",
    })
  }
  const { username, password, host } = url
  const [user, secret] = [username, password].map(decoded)
  url.username = ""
  url.password = ""
  url.hash = ""
  const authorization = `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`
  const pieces = [...url.pathname.split("/"), ...[...url.searchParams].flat(), username]
  const secrets = [...pieces.filter(({ length }) => length >= SHORTEST_SECRET), password, secret, user]
    .flatMap((piece) => [piece, decoded(piece)])
    .filter((piece) => piece !== "")
    .sort((a, b) => b.length - a.length)
  return {
    url: url.href,
    headers: user === "" && secret === "" ? {} : { authorization },
    host,
    scrub: (words) =>
      secrets.reduce((left, piece) => left.replaceAll(piece, "***"), words).slice(0, LONGEST_TEXT),
  }
}

/** A percent-encoded text, or itself if it is not one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
