import { type ServerResponse, createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { OnusError } from "../protocol/errors.ts"
import type { Health } from "./health.ts"
import type { Metrics } from "./metrics/metrics.ts"
import type { Scrub } from "./scrub.ts"

export interface OperationsOptions {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  readonly metrics: Metrics
  readonly health: Health
  readonly scrub: Scrub
}

/** A server that runs. */
export interface Operations {
  readonly port: number
  close(): Promise<void>
}

/** Scrapes and probes are few and small; whoever wants more has lost his way. */
const LIMITS = {
  maxHeaderSize: 8192,
  requestTimeout: 10_000,
  headersTimeout: 5_000,
  keepAliveTimeout: 30_000,
}
const MOST_CONNECTIONS = 50

/**
 * Serves `/metrics`, `/healthz` and `/readyz` for those who watch the program, on a port that consumers need not see.
 *
 * @throws OnusError `PortUnavailable`.
 */
export async function serveOperations(options: OperationsOptions): Promise<Operations> {
  const { host, port } = options
  const server = createServer(LIMITS, (request, response) => {
    const [path] = (request.url ?? "").split("?")
    const isRead = request.method === "GET" || request.method === "HEAD"
    void (isRead ? answer(path, options, response) : say(response, 405, { error: "only GET" }))
  })
  server.maxConnections = MOST_CONNECTIONS
  const listening = Promise.withResolvers<void>()
  server.once("error", listening.reject).listen(port, host, listening.resolve)
  await listening.promise.catch((cause: unknown) => {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new OnusError("PortUnavailable", `Cannot listen on ${host}:${port}: ${why}`, { cause })
  })
  // What fails later concerns one connection.
  server.on("error", () => {})
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      server.closeAllConnections()
      await closed.promise
    },
  }
}

async function answer(path: string, { metrics, health, scrub }: OperationsOptions, response: ServerResponse) {
  if (path === "/healthz") {
    const alive = health.alive()
    return say(response, alive.isAlive ? 200 : 503, alive)
  }
  if (path === "/readyz") {
    const { isReady, problems } = health.ready()
    return say(response, isReady ? 200 : 503, {
      isReady,
      problems: problems.map((problem) => ({ ...problem, message: scrub(problem.message) })),
    })
  }
  if (path !== "/metrics") return say(response, 404, { error: "there are /metrics, /healthz and /readyz" })
  const { isReady, problems } = health.ready()
  metrics.ready.set(isReady ? 1 : 0)
  metrics.problem.reset()
  for (const { check } of problems) metrics.problem.set({ check }, 1)
  try {
    const text = await metrics.text()
    response.writeHead(200, { "content-type": metrics.contentType }).end(text)
  } catch {
    say(response, 500, { error: "the metrics cannot be read" })
  }
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
  response.end(JSON.stringify(body))
}
