import { Readable } from "node:stream"
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { OnusError } from "../../protocol/errors.ts"
import { toJson } from "../../protocol/json.ts"
import { answerer } from "../../engine/audit/game/answer.ts"
import type { Program } from "../../engine/program/program.ts"
import { inputLength } from "../../pool/inputs.ts"
import type { Entry } from "../journal.ts"
import { bundlePieces, collect } from "./bundle-stream.ts"
import { EvidenceDesk, evidenceGone } from "./evidence-desk.ts"
import type { ServeParts } from "./parts.ts"
import { answerJson, questionFrom } from "./question.ts"
import { registryJson } from "./receipt-fields.ts"
import { seal } from "./sealed.ts"
import { Outgoing, whenSent } from "./sending.ts"

type SignedEntry = Entry & Required<Pick<Entry, "signed">>
interface ById {
  readonly Params: { readonly id: string }
  readonly Querystring: Readonly<Record<string, unknown>>
}

/** Bytes of inputs that are sent at once. */
const INPUTS_AT_ONCE = 64 * 2 ** 20

/** Said with everything about a receipt: who could prove that its answer is wrong. */
const challengeableBy = ({ sealedFor }: Entry) => (sealedFor ? "by its consumer only" : "by anybody")

/** Routes about receipts that were handed out. */
export function addReceipts(app: FastifyInstance, parts: ServeParts, evidenceAtOnce: number): void {
  const desk = new EvidenceDesk(parts.pool, evidenceAtOnce)
  const inputs = new Outgoing(INPUTS_AT_ONCE)
  const programs = new Map(parts.models.map(({ program }) => [program.modelId.toLowerCase(), program]))

  app.get<ById>("/v1/receipts/:id", async (request, reply) => {
    const entry = await entryOf(parts, request.params.id)
    return reply.type("application/json").send(toJson(await describe(parts, entry)))
  })

  app.get<ById>("/v1/receipts/:id/evidence", async (request, reply) => {
    const entry = await entryOf(parts, request.params.id)
    const end = await desk.turn()
    try {
      const run = await desk.runOf(entry, programOf(programs, entry))
      const pieces = bundlePieces(entry.signed, run, await parts.inclusionOf(entry))
      void reply.header("onus-challengeable", challengeableBy(entry)).type("application/json")
      if (entry.sealedFor) {
        const { receiptId } = entry.signed
        return await reply.send(await seal("bundle", receiptId, entry.sealedFor, await collect(pieces)))
      }
      whenSent(reply, end)
      return await reply.send(Readable.from(pieces, { objectMode: false }))
    } finally {
      // A stream ends the turn when it is read, or nobody reads it any more.
      if (!reply.sent || entry.sealedFor) end()
    }
  })

  app.get<ById>("/v1/receipts/:id/inputs", async (request, reply) => {
    const entry = await entryOf(parts, request.params.id)
    if (entry.sealedFor) throw sealed(entry)
    if (entry.inputs.length !== inputLength(programOf(programs, entry))) throw evidenceGone(entry)
    inputs.add(reply, entry.inputs.length)
    const { buffer, byteOffset, length } = entry.inputs
    return reply.type("application/octet-stream").send(Buffer.from(buffer, byteOffset, length))
  })

  app.get<ById>("/v1/receipts/:id/openings", async (request, reply) => {
    const entry = await entryOf(parts, request.params.id)
    const program = programOf(programs, entry)
    const question = questionFrom(program, request.query)
    const end = await desk.turn()
    try {
      const run = await desk.runOf(entry, program)
      const opening = { receiptId: entry.signed.receiptId, ...answerJson(question, answerer(run)(question)) }
      return await sendOpening(reply, entry, JSON.stringify(opening))
    } finally {
      end()
    }
  })
}

async function sendOpening(reply: FastifyReply, entry: SignedEntry, text: string): Promise<FastifyReply> {
  void reply.header("onus-challengeable", challengeableBy(entry)).type("application/json")
  if (!entry.sealedFor) return reply.send(text)
  return reply.send(await seal("opening", entry.signed.receiptId, entry.sealedFor, Buffer.from(text)))
}

/** @throws OnusError `ReceiptUnknown`. */
async function entryOf({ issuer }: ServeParts, id: string): Promise<SignedEntry> {
  const entry = /^0x[0-9a-fA-F]{64}$/.test(id) ? await issuer.entryOf(id.toLowerCase()) : undefined
  if (entry?.signed) return entry as SignedEntry
  throw new OnusError("ReceiptUnknown", "This node has signed no such receipt", {
    hint: "A receipt id is 0x and 64 hexadecimal digits, as in the header Onus-Receipt-Id",
  })
}

/** @throws OnusError `ModelUnknown`: it was served by this node once. */
function programOf(programs: ReadonlyMap<string, Program>, { terms }: Entry): Program {
  const program = programs.get(terms.modelId.toLowerCase())
  if (program) return program
  throw new OnusError("ModelUnknown", `Model ${terms.modelId} is not served here any more`)
}

const sealed = ({ signed: { receiptId } }: SignedEntry) =>
  new OnusError("EvidenceSealed", `The evidence of receipt ${receiptId} is for its consumer alone`, {
    hint: "Its address /evidence gives it encrypted to the consumer's key",
  })

async function describe(parts: ServeParts, entry: SignedEntry) {
  const { registry, receipt, signature, receiptId } = entry.signed
  const inclusion = await parts.inclusionOf(entry)
  const standing = await parts.standingOf?.(entry)
  return {
    receiptId,
    registry: registryJson(registry),
    receipt,
    signature,
    assurance: standing ?? (inclusion ? "anchored" : "signed"),
    challengeable: challengeableBy(entry),
    ...(entry.batchId === undefined ? {} : { batchId: entry.batchId, index: entry.index }),
    ...(inclusion ? { inclusion } : {}),
    evidence: `/v1/receipts/${receiptId}/evidence`,
    ...(entry.sealedFor ? {} : { inputs: `/v1/receipts/${receiptId}/inputs` }),
    openings: `/v1/receipts/${receiptId}/openings`,
  }
}

/** For hooks: pages of others may read what is public anyway. */
export function allowReading(_request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  void reply.header("access-control-allow-origin", "*")
  done()
}
