import { readFileSync } from "node:fs"
import { type Server, createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { extname, join } from "node:path"

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
}

/** Browsers share memory between threads of such pages only. */
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
}

/** The page on which threads cannot share memory. */
export const PLAIN = "plain"

/**
 * Serves the files of a folder on a port of this machine, and two pages that load `module`: `/` and
 * {@link PLAIN}.
 */
export async function serve(folder: string, module: string): Promise<{ server: Server; address: string }> {
  const page = `<!doctype html><title>identity</title><script type="module" src="/${module}"></script>`
  const server = createServer(({ url = "/" }, response) => {
    const name = url.slice(1)
    const isPage = name === "" || name === PLAIN
    try {
      const body = isPage ? page : readFileSync(join(folder, name.replaceAll("/", "")))
      const type = isPage ? ".html" : extname(name)
      const headers = name === PLAIN ? {} : ISOLATED
      response.writeHead(200, { ...headers, "Content-Type": TYPES[type] ?? "application/octet-stream" })
      response.end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}
