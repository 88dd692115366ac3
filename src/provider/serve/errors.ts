import { OnusError } from "../../protocol/errors.ts"

/** Codes of what is wrong with a request itself. */
const STATUS: Readonly<Record<string, number>> = {
  RequestMalformed: 400,
  InputUnknown: 400,
  InputMissing: 400,
  InputTypeMismatch: 400,
  InputShapeMismatch: 400,
  InputValueInvalid: 400,
  OutputUnknown: 400,
  OutputUnsupported: 400,
  ConsumerMissing: 400,
  ConsumerInvalid: 400,
  CoverageOutOfRange: 400,
  WindowOutOfRange: 400,
  AnchorWithinOutOfRange: 400,
  QuestionInvalid: 400,
  ListingOff: 403,
  EvidenceSealed: 403,
  ModelUnknown: 404,
  BatchUnknown: 404,
  ReceiptUnknown: 404,
  RouteUnknown: 404,
  RequestIdReused: 409,
  RequestIdRefused: 409,
  EvidenceKeyInvalid: 409,
  EvidenceGone: 410,
  BodyTooLarge: 413,
  EncodingUnsupported: 415,
  AnswerDiffers: 500,
  RunFailed: 500,
  // Later, the same request may be answered.
  NotReady: 503,
  PoolBusy: 503,
  PoolClosed: 503,
  PoolFailed: 503,
  CoverExhausted: 503,
  SignerUnavailable: 503,
  DatabaseFull: 503,
  DatabaseUnavailable: 503,
  DatabaseMalformed: 503,
  BodiesTooMany: 503,
}

/** What fastify says itself, in words of this catalogue. */
const FOREIGN: Readonly<Record<string, readonly [code: string, message: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["BodyTooLarge", "The body is larger than any request for this model"],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    "RequestMalformed",
    "The body is not as long as its Content-Length says",
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["RequestMalformed", "The request has no body"],
  FST_ERR_BAD_URL: ["RequestMalformed", "The address is not understood"],
}

/** Seconds after which to ask again. */
const RETRY_AFTER = "2"

/** How an error is told to a client. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, string>>
}

/** The protocol's `{"error": ...}`, with the code and what to do beside it. */
export function refusalOf(error: unknown): Refusal {
  const known = error instanceof OnusError ? error : foreign(error)
  const status = known && Object.hasOwn(STATUS, known.code) ? STATUS[known.code] : 500
  if (known === undefined || !Object.hasOwn(STATUS, known.code)) {
    // Its message may tell what clients must not know.
    const body = { error: "The node has failed at this request; its log tells why", code: "Unexpected" }
    return { status, code: "Unexpected", headers: {}, body }
  }
  const body = {
    error: known.message,
    code: known.code,
    ...(known.hint === undefined ? {} : { hint: known.hint }),
  }
  const headers: Record<string, string> = status === 503 ? { "retry-after": RETRY_AFTER } : {}
  return { status, code: known.code, headers, body }
}

function foreign(error: unknown): OnusError | undefined {
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string }
  const entry = code === undefined ? undefined : FOREIGN[code]
  if (entry) return new OnusError(...entry)
  const isClients = statusCode !== undefined && statusCode >= 400 && statusCode < 500
  return isClients
    ? new OnusError("RequestMalformed", `The request is not understood: ${message}`)
    : undefined
}
