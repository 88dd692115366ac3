import { createReadStream } from "node:fs"
import type { AddressInfo } from "node:net"
import type { FastifyInstance, FastifyReply } from "fastify"
import { OnusError } from "../../protocol/errors.ts"
import { toJson } from "../../protocol/json.ts"
import { addInference, httpServer, pathsOf } from "./http.ts"
import { inferHandler } from "./infer.ts"
import { addListing } from "./listing.ts"
import { filePath, modelMetadata, providerInfo, serverMetadata } from "./metadata.ts"
import { type ServedModel, versionOf } from "./model.ts"
import type { ServeOptions, ServeParts } from "./parts.ts"
import { addReceipts, allowReading } from "./receipts.ts"

/** A server that listens. */
export interface Serving {
  readonly port: number
  /** Takes no more connections and requests, and resolves when those that run are answered, or their clients were too slow. */
  close(): Promise<void>
}

/**
 * Serves models over HTTP: the Open Inference Protocol, and what stands behind its answers (`docs/node-api.md`).
 *
 * @throws OnusError `ListenFailed`, `ModelNameInvalid`.
 */
export async function serve(parts: ServeParts, options: ServeOptions): Promise<Serving> {
  requireNames(parts.models)
  const app = httpServer(options, parts.failed)
  addHealth(app, parts)
  app.get("/v2", () => serverMetadata(options))
  for (const model of parts.models) {
    const paths = pathsOf(model, parts.models)
    addModel(app, model, paths, parts)
    addInference(app, model, paths, inferHandler(parts, model, options.publicUrl ?? ""), options.maxBody)
  }
  await app.register((v1, _options, done) => {
    v1.addHook("onRequest", allowReading)
    v1.get("/v1/provider", (_, reply) => reply.type("application/json").send(toJson(providerInfo(parts))))
    addReceipts(v1, parts, options.evidenceAtOnce ?? 2)
    addListing(v1, parts)
    for (const model of parts.models) addFile(v1, model)
    done()
  })
  try {
    await app.listen({ host: options.host, port: options.port })
  } catch (cause) {
    await app.close()
    const message = `${options.host}:${options.port} cannot be listened at: ${(cause as Error).message}`
    throw new OnusError("ListenFailed", message, { hint: "Choose another port, or end what uses it", cause })
  }
  const grace = options.closeGrace ?? 20_000
  return { port: (app.server.address() as AddressInfo).port, close: () => close(app, grace) }
}

/** Milliseconds between two looks for connections that nobody uses. */
const LOOK_EVERY = 50

/** Lets requests that run be answered, and waits for nobody else. */
async function close(app: FastifyInstance, grace: number): Promise<void> {
  const { server } = app
  // A connection that has its last answer would stay open for the next request.
  const idle = setInterval(() => server.closeIdleConnections(), LOOK_EVERY)
  const all = setTimeout(() => server.closeAllConnections(), grace)
  try {
    await app.close()
  } finally {
    clearInterval(idle)
    clearTimeout(all)
  }
}

/** Balancers ask by HEAD, too. */
const PROBE = { exposeHeadRoute: true }

function addHealth(app: FastifyInstance, { health }: Pick<ServeParts, "health">): void {
  app.get("/healthz", PROBE, (_, reply) => {
    const state = health.alive()
    return reply.code(state.isAlive ? 200 : 503).send(state)
  })
  app.get("/readyz", PROBE, (_, reply) => answerReady(reply, health, health.ready()))
  app.get("/v2/health/live", PROBE, (_, reply) => {
    const live = health.alive().isAlive
    return reply.code(live ? 200 : 503).send({ live })
  })
  app.get("/v2/health/ready", PROBE, (_, reply) =>
    answerReady(reply, health, { ready: health.ready().isReady }),
  )
}

function addModel(
  app: FastifyInstance,
  model: ServedModel,
  paths: readonly string[],
  { health, models }: ServeParts,
): void {
  for (const path of paths) {
    app.get(path, () => modelMetadata(model, models))
    app.get(`${path}/ready`, PROBE, (_, reply) =>
      answerReady(reply, health, { name: model.name, ready: health.ready().isReady }),
    )
  }
}

function answerReady(reply: FastifyReply, health: ServeParts["health"], body: object): FastifyReply {
  if (health.ready().isReady) return reply.send(body)
  return reply.code(503).header("retry-after", "2").send(body)
}

function addFile(app: FastifyInstance, model: ServedModel): void {
  const { file } = model
  if (!file) return
  app.get(filePath(model), (_, reply) => {
    void reply.header("onus-sha256", file.sha256).header("content-length", file.bytes)
    return reply.type("application/octet-stream").send(createReadStream(file.path))
  })
}

/** @throws OnusError `ModelNameInvalid`. */
function requireNames(models: readonly ServedModel[]): void {
  const names = new Set<string>()
  const isPart = (text: string) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text)
  for (const model of models) {
    const whole = `${model.name}/${versionOf(model)}`
    if (isPart(model.name) && isPart(versionOf(model)) && !names.has(whole)) names.add(whole)
    else {
      throw new OnusError("ModelNameInvalid", `${JSON.stringify(whole)} cannot be the name of a model`, {
        hint: "Use letters, digits, dots, hyphens and underscores, and each name and version once",
      })
    }
  }
}
