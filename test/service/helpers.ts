import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { type IncomingMessage, type ServerResponse, createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Log, createLog } from "../../src/service/log.ts"
import { type Scrub, createScrub } from "../../src/service/scrub.ts"

/** A folder that is gone after the tests. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "onus-service-"))

  write(name: string, content: string): string {
    const file = join(this.path, name)
    writeFileSync(file, content)
    return file
  }

  remove(): void {
    rmSync(this.path, { recursive: true })
  }
}

/** A log that keeps its lines. */
export function keptLog(scrub: Scrub = createScrub()): { log: Log; lines: string[] } {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  return { log: createLog({ level: "trace", destination, scrub }), lines }
}

/** An HTTP server on a free port. */
export async function serve(
  handle: (request: IncomingMessage, body: string, response: ServerResponse) => void,
): Promise<{ url: string; port: number; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on("data", (part: Buffer) => parts.push(part))
    request.on("end", () => handle(request, Buffer.concat(parts).toString(), response))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Lets other work go on until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** The error that a promise ends with. */
export async function failure(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    () => {
      throw new Error("It did not fail")
    },
    (error: unknown) => error as Error,
  )
}

/** A configuration with what must be said, and nothing else. */
export const LEAST = `
[chain]
rpc = ["http://127.0.0.1:8545"]
chain_id = 31337
registry = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
[provider]
address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
[keys.signing]
keystore = "signing.json"
password_file = "password.txt"
[[models]]
name = "digits"
file = "models/digits.onnx"
`
