import { readFileSync, statSync } from "node:fs"
import { type IncomingMessage, type ServerResponse, createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { extname, join, normalize } from "node:path"
import { buffer } from "node:stream/consumers"
import { gzipSync } from "node:zlib"

/** What the pages of a site are made of, and what they talk to. */
export interface SiteParts {
  /** Folder of the pages, as they were built. */
  readonly folder: string
  /** URL of the chain's node. */
  readonly rpc: string
  readonly registry: string
  readonly fromBlock: number
  /** URL of an index; none if it is left out. */
  readonly index?: string
  /** Files by their paths, such as `/evidence/ID.json`. */
  readonly files: () => ReadonlyMap<string, Uint8Array | string>
}

/** A site that is served. */
export interface ServedSite {
  readonly url: string
  close(): Promise<void>
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
}

/** Largest question that is handed on to the node, in bytes. */
const LARGEST = 8 * 2 ** 20

/** Serves a site on a port of this machine; questions to the chain and to the index go through it, so that pages talk to nobody else. */
export async function serveSite(parts: SiteParts, port = 0): Promise<ServedSite> {
  const compressed = new Map<string, Uint8Array>()
  const server = createServer((request, response) => {
    answer(parts, compressed, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(502)
      response.end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  parts: SiteParts,
  compressed: Map<string, Uint8Array>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, search } = new URL(request.url ?? "/", "http://site")
  if (pathname === "/rpc") return handOn(parts.rpc, request, response)
  if (parts.index !== undefined && pathname.startsWith("/v1/"))
    return handOn(parts.index + pathname + search, request, response)
  if (pathname === "/site.json") return send(response, ".json", siteOf(parts))
  const given = parts.files().get(pathname)
  if (given !== undefined) return send(response, extname(pathname), given)
  const name = normalize(pathname)
  const file = join(parts.folder, name)
  const isThere = name.startsWith("/assets/") || extname(name) !== ""
  if (!isThere) return send(response, ".html", readFileSync(join(parts.folder, "index.html")))
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return void response.writeHead(404).end()
  const bytes = compressed.get(file) ?? gzipSync(readFileSync(file))
  compressed.set(file, bytes)
  // Names of assets hold their hashes.
  const cache = name.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache"
  response.writeHead(200, { ...headers(extname(name)), "content-encoding": "gzip", "cache-control": cache })
  response.end(bytes)
}

/** What a page cannot say of itself: that no other page may show it in a frame. */
const PAGE_POLICY = "frame-ancestors 'none'"
/** Threads take no policy from their page: theirs may compile readers of files and kernels, and talk to nobody but the site. */
const THREAD_POLICY = "default-src 'none'; script-src 'self' 'unsafe-eval'; connect-src 'self'"

const headers = (extension: string) => ({
  "content-type": TYPES[extension] ?? "application/octet-stream",
  "content-security-policy": extension === ".js" ? THREAD_POLICY : PAGE_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
})

function send(response: ServerResponse, extension: string, body: Uint8Array | string): void {
  response.writeHead(200, { ...headers(extension), "cache-control": "no-cache" }).end(body)
}

const siteOf = ({ registry, fromBlock, index }: SiteParts): string =>
  JSON.stringify({
    rpc: "/rpc",
    registry,
    fromBlock,
    ...(index === undefined ? {} : { index: "/" }),
    evidence: "/evidence/",
    models: "/models/",
  })

/** Asks somebody else the same, and says the same. */
async function handOn(url: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const length = Number(request.headers["content-length"] ?? 0)
  if (length > LARGEST) return void response.writeHead(413).end()
  const { method = "GET" } = request
  const said = await fetch(url, {
    method,
    headers: { "content-type": "application/json" },
    ...(method === "POST" ? { body: await buffer(request) } : {}),
  })
  const body = new Uint8Array(await said.arrayBuffer())
  response
    .writeHead(said.status, { "content-type": said.headers.get("content-type") ?? "text/plain" })
    .end(body)
}
