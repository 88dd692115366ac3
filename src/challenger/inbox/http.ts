import type { FastifyInstance, FastifyReply } from "fastify"
import { OnusError } from "../../protocol/errors.ts"
import { limitBodies } from "../../service/body-budget.ts"
import type { Inbox } from "./inbox.ts"

export interface InboxHttpOptions {
  readonly inbox: Pick<Inbox, "take">
  /** Bytes of one body. */
  readonly maxBody: number
  /** Bytes of all bodies that are held at once; four times `maxBody` by default. */
  readonly bodyBytes?: number
  /** How many are taken at once: each asks a node; 8 by default. */
  readonly concurrency?: number
  /** Hears of errors that are the challenger's own: whatever is answered with 500. */
  readonly failed?: (error: unknown) => void
}

/** What is wrong with what was handed in. What is not listed here is the challenger's own matter. */
const STATUS: Readonly<Record<string, number>> = {
  ContentInvalid: 400,
  BundleMalformed: 400,
  ReceiptMalformed: 400,
  RequestMalformed: 400,
  ChainMismatch: 400,
  RegistryMismatch: 400,
  ReceiptFromFuture: 400,
  ReceiptUnbound: 400,
  ReceiptUnwanted: 403,
  RouteUnknown: 404,
  BodyTooLarge: 413,
  EncodingUnsupported: 415,
  InboxFull: 503,
  InboxBusy: 503,
  NotReady: 503,
  BodiesTooMany: 503,
}

/** Failures of what stands behind it: they pass. */
const PASSING = /^(?:Rpc|Database|BlockUnknown)/

/** Seconds after which to hand it in again. */
const RETRY_AFTER = "5"

/**
 * `POST /v1/receipts` takes what consumers want checked, as `Inbox.take` does: 201 when the receipt was not known, else 200. Adds
 * limits and the words of errors to its part of the server, and leaves the rest as it is.
 */
export function addInbox(app: FastifyInstance, options: InboxHttpOptions): void {
  void app.register(async (part) => {
    routes(part, options)
    return Promise.resolve()
  })
}

function routes(
  app: FastifyInstance,
  { inbox, maxBody, bodyBytes = 4 * maxBody, concurrency = 8, failed }: InboxHttpOptions,
): void {
  let running = 0
  app.removeAllContentTypeParsers()
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body))
  limitBodies(app, bodyBytes)
  app.setErrorHandler((error, _request, reply) => refuse(reply, error, failed))
  app.post("/v1/receipts", { bodyLimit: maxBody }, async (request, reply) => {
    if (running >= concurrency)
      throw new OnusError("InboxBusy", `${running} receipts are just being looked at`, {
        hint: "Hand it in again",
      })
    running++
    try {
      if (!Buffer.isBuffer(request.body)) throw new OnusError("RequestMalformed", "The request has no body")
      const { isNew, ...taken } = await inbox.take(request.body)
      return await reply.code(isNew ? 201 : 200).send(taken)
    } finally {
      running--
    }
  })
}

function refuse(reply: FastifyReply, error: unknown, failed: InboxHttpOptions["failed"]): void {
  const known = error instanceof OnusError ? error : foreign(error)
  const status = known ? (STATUS[known.code] ?? (PASSING.test(known.code) ? 503 : 500)) : 500
  if (status === 500 || known === undefined) {
    failed?.(error)
    // Its message may tell what strangers must not know.
    void reply.code(500).send({ error: "The challenger has failed at this request", code: "Unexpected" })
    return
  }
  if (status === 503) void reply.header("retry-after", RETRY_AFTER)
  // What is left of a body that was refused is not read, so nothing else can come on this connection.
  if (status === 413 || status === 415) void reply.header("connection", "close")
  const isOwn = known.code in STATUS
  void reply.code(status).send({
    error: isOwn ? known.message : "The challenger cannot ask the chain or its database just now",
    code: isOwn ? known.code : "NotReady",
    ...(known.hint === undefined || !isOwn ? {} : { hint: known.hint }),
  })
}

/** What fastify says itself, in words of this catalogue. */
function foreign(error: unknown): OnusError | undefined {
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string }
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new OnusError("BodyTooLarge", "The body is larger than is taken here")
  const isClients = statusCode !== undefined && statusCode >= 400 && statusCode < 500
  return isClients
    ? new OnusError("RequestMalformed", `The request is not understood: ${message}`)
    : undefined
}
