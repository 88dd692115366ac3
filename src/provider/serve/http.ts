import Fastify, { type FastifyInstance, type FastifyReply } from "fastify"
import { OnusError } from "../../protocol/errors.ts"
import { limitBodies } from "../../service/body-budget.ts"
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
    frameworkErrors: (error, _request, reply) => refuse(reply as FastifyReply, error),
  })
  app.server.maxConnections = connections
  app.removeAllContentTypeParsers()
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body))
  // Before anything is said of a body: it may be fine for where it was meant to go.
  app.addHook("onRequest", async (request) => {
    if (request.is404) throw nothingAt(request.url)
    return Promise.resolve()
  })
  limitBodies(app, bodyBytes)
  app.setErrorHandler((error, request, reply) => {
    const { status } = refusalOf(error)
    if (status === 500) failed?.(error, `${request.method} ${request.routeOptions.url ?? "?"}`)
    // What is left of a body that was refused is not read, so nothing else can come on this connection.
    const isUnread = status === 413 || status === 415 || (request.is404 && request.method !== "GET")
    if (isUnread) void reply.header("connection", "close")
    refuse(reply, error)
  })
  return app
}

function refuse(reply: FastifyReply, error: unknown): void {
  const { status, headers, body } = refusalOf(error)
  void reply.code(status).headers(headers).type("application/json").send(body)
}

function nothingAt(url: string): OnusError {
  const hint = "GET /v1/provider tells which models are served"
  const model = /^\/v2\/models\/([\w.-]{1,100})(?:\/versions\/([\w.-]{1,100}))?(?:\/infer|\/ready|\/?$)/.exec(
    url,
  )
  if (!model) return new OnusError("RouteUnknown", "There is nothing at this address", { hint })
  const [, name, version] = model
  const what = version === undefined ? `model ${name}` : `version ${version} of model ${name}`
  return new OnusError("ModelUnknown", `There is no ${what} here, or it is asked in another way`, { hint })
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
