import type { FastifyInstance, FastifyRequest } from "fastify"
import { OnusError } from "../protocol/errors.ts"

/**
 * Refuses requests before anything of their body is read: one that is too large, compressed, or more than there is room for
 * beside all the others. What has no length counts as the most that it may become.
 */
export function limitBodies(app: FastifyInstance, total: number): void {
  const held = new WeakMap<FastifyRequest, number>()
  let left = total
  app.addHook("onRequest", async (request, reply) => {
    if (request.method !== "POST") return
    requirePlain(request)
    const limit = request.routeOptions.bodyLimit ?? 0
    const text = request.headers["content-length"]
    const bytes = text === undefined ? limit : Number(text)
    if (!(bytes <= limit)) {
      throw new OnusError(
        "BodyTooLarge",
        `The body has ${bytes} bytes; what can be asked here has at most ${limit}`,
      )
    }
    if (bytes > left) {
      throw new OnusError("BodiesTooMany", "There are as many requests as there is memory for", {
        hint: "Ask again a little later",
      })
    }
    left -= bytes
    held.set(request, bytes)
    // Whatever becomes of it: answered, refused, or left by its client. The body lives until then, not until it was read.
    reply.raw.once("close", () => {
      left += held.get(request) ?? 0
      held.delete(request)
    })
    return Promise.resolve()
  })
}

function requirePlain({ headers }: FastifyRequest): void {
  const encoding = headers["content-encoding"] ?? "identity"
  if (encoding === "identity") return
  throw new OnusError(
    "EncodingUnsupported",
    "Compressed bodies are not taken: their size is not known beforehand",
    {
      hint: "Send the body without Content-Encoding",
    },
  )
}
