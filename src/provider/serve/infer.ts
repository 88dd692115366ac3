import type { FastifyReply, FastifyRequest } from "fastify"
import { failpoint } from "../../service/failpoint.ts"
import { ElementType } from "../../protocol/program.ts"
import type { Issued } from "../issue/issuer.ts"
import { inputLength } from "../../pool/inputs.ts"
import { type Json, field, objectField, splitBody } from "./body.ts"
import { JSON_WIDTHS, datatypeOf } from "./datatypes.ts"
import { refusalOf } from "./errors.ts"
import { decodeInputs } from "./inputs.ts"
import { type ServedModel, versionOf } from "./model.ts"
import { encodeAnswer, wantedOutputs } from "./outputs.ts"
import type { ServeParts } from "./parts.ts"
import { receiptJson, receiptParameters } from "./receipt-fields.ts"
import { malformed } from "./refuse.ts"
import { wishesOf } from "./wishes.ts"

/** Bytes for all of a request but its tensors. */
const ROOM_FOR_HEADER = 64 * 1024

/** The longest body of any sensible request for a model: as JSON, or as bytes. */
export function bodyLimit({ program }: ServedModel): number {
  const asJson = program.inputs.reduce(
    (bytes, { tensor }) => bytes + tensor.length * JSON_WIDTHS[datatypeOf(tensor.type)],
    0,
  )
  return ROOM_FOR_HEADER + Math.max(asJson, inputLength(program))
}

/** Answers a request for one model. */
export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** `POST /v2/models/NAME/infer`: the protocol's answer, with the signed receipt in its parameters and headers. */
export function inferHandler(parts: ServeParts, model: ServedModel, publicUrl: string): Handler {
  return async (request, reply) => {
    const from = performance.now()
    try {
      const { encoded, issued } = await infer(parts, model, request)
      const { receiptId } = issued.signed
      void reply
        .header("onus-receipt-id", receiptId)
        .header("onus-receipt", encoded.receipt)
        .header("onus-receipt-url", `${publicUrl}/v1/receipts/${receiptId}`)
      send(reply, encoded.body, encoded.jsonLength)
      failpoint("answered")
      measure(parts, model, issued, from)
      return reply
    } catch (error) {
      parts.metrics?.answered(model.name, refusalOf(error).code)
      throw error
    }
  }
}

async function infer(parts: ServeParts, model: ServedModel, request: FastifyRequest) {
  const { json, binary } = bodyOf(model, request)
  const wanted = wantedOutputs(model.program, json)
  const wishes = wishesOf(objectField(json, "parameters"), request.headers, parts.defaults, model)
  const inputs = decodeInputs(model.program, { json, binary })
  const start = headOf(model, json)
  const encode = ({ signed, outputs }: Pick<Issued, "signed" | "outputs">) => {
    const parameters = JSON.stringify(receiptParameters(signed))
    const head = `${start}"parameters":${parameters},`
    const receipt = Buffer.from(receiptJson(signed)).toString("base64url")
    return { ...encodeAnswer(head, wanted, outputs), receipt, signed }
  }
  let ready: ReturnType<typeof encode> | undefined
  const question = { modelId: model.program.modelId, inputs, wishes }
  const issued = await parts.issuer.answer(question, (answer) => (ready = encode(answer)))
  // What was made ready for a claim that turned out to be another one's is nobody's.
  return { encoded: ready?.signed === issued.signed ? ready : encode(issued), issued }
}

export function bodyOf({ program }: ServedModel, { body, headers }: FastifyRequest) {
  if (!Buffer.isBuffer(body)) throw malformed("it has no body")
  const length = headers["inference-header-content-length"]
  const hasLong = program.inputs.some(({ tensor }) => tensor.type === ElementType.Int64)
  return splitBody(body, Array.isArray(length) ? length.join() : length, hasLong)
}

/** Members of the response before its parameters and outputs. @throws OnusError `RequestMalformed`. */
export function headOf(model: ServedModel, json: Json): string {
  const id = field(json, "id")
  if (id !== undefined && typeof id !== "string") throw malformed('its "id" is no text')
  const echoed = id === undefined ? "" : `"id":${JSON.stringify(id)},`
  return `"model_name":"${model.name}","model_version":"${versionOf(model)}",${echoed}`
}

export function send(reply: FastifyReply, body: string | Buffer, jsonLength: number | undefined): void {
  if (jsonLength === undefined) void reply.type("application/json").send(body)
  else {
    const typed = reply
      .type("application/octet-stream")
      .header("inference-header-content-length", String(jsonLength))
    void typed.send(body)
  }
}

function measure({ metrics }: ServeParts, { name }: ServedModel, issued: Issued, from: number): void {
  if (!metrics) return
  metrics.answered(name, "ok")
  for (const [phase, milliseconds] of Object.entries(issued.milliseconds))
    metrics.phase(name, phase as keyof Issued["milliseconds"], milliseconds)
  metrics.phase(name, "total", performance.now() - from)
}
