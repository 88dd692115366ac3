import Fastify, { type FastifyInstance } from "fastify"
import { OnusError } from "../../protocol/errors.ts"
import { limitBodies } from "./body-budget.ts"
import { refusalOf } from "./errors.ts"
import { type Handler, bodyLimit } from "./infer.ts"
import { type ServedModel, versionOf } from "./model.ts"
import type { ServeOptions } from "./parts.ts"

export type HttpOptions = Pick<
  ServeOptions,
  "bodyBytes" | "requestTimeout" | "headersTimeout" | "idleTimeout" | "keepAliveTimeout" | "connections"
>

/** Bytes of a body where none is expected. */
const NO_BODY = 1024

/**
 * An HTTP server that strangers may talk to, without routes: everything that they send is limited, in bytes and in time.
 *
 * @param failed hears of errors that are the node's own: whatever is answered with 500.
 */
export function httpServer(
  options: HttpOptions,
  failed?: (error: unknown, where: string) => void,
): FastifyInstance {
  const { bodyBytes = 256 * 2 ** 20, requestTimeout = 30_000, headersTimeout = 10_000 } = options
  const { idleTimeout = 120_000, keepAliveTimeout = 65_000, connections = 4096 } = options
  const app = Fastify({
    bodyLimit: NO_BODY,
    requestTimeout,
    connectionTimeout: idleTimeout,
    keepAliveTimeout,
    http: {
      headersTimeout: Math.min(headersTimeout, requestTimeout),
      // How often it is looked for clients that are too slow: not seldom beside the time that they have.
      connectionsCheckingInterval: Math.min(5000, requestTimeout / 2),
    },
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 128, ignoreTrailingSlash: true },
    // Bodies are parsed by the routes that want one; nothing else is made of them.
    exposeHeadRoutes: false,
  })
  app.server.maxConnections = connections
  app.removeAllContentTypeParsers()
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body))
  limitBodies(app, bodyBytes)
  app.setErrorHandler((error, request, reply) => {
    const { status, headers, body } = refusalOf(error)
    if (status === 500) failed?.(error, `${request.method} ${request.routeOptions.url ?? "?"}`)
    // What is left of a body that was refused is not read, so nothing else can come on this connection.
    if (status === 413 || status === 415) void reply.header("connection", "close")
    void reply.code(status).headers(headers).type("application/json").send(body)
  })
  app.setNotFoundHandler(() => {
    throw new OnusError("RouteUnknown", "There is nothing at this address", {
      hint: "GET /v1/provider tells which models are served",
    })
  })
  return app
}

/** Routes that answer: one for each name of each model, with the largest body that it can need. */
export function addInference(
  app: FastifyInstance,
  model: ServedModel,
  paths: readonly string[],
  handler: Handler,
  maxBody = Infinity,
): void {
  const options = { bodyLimit: Math.min(bodyLimit(model), maxBody) }
  for (const path of paths) app.post(`${path}/infer`, options, handler)
}

/** Where a model is: by its version and by its model id; without either if it is the first one of its name. */
export function pathsOf(model: ServedModel, all: readonly ServedModel[]): readonly string[] {
  const path = `/v2/models/${model.name}`
  const versions = [versionOf(model), model.program.modelId].map((version) => `${path}/versions/${version}`)
  return all.find(({ name }) => name === model.name) === model ? [path, ...versions] : versions
}
