import { Readable } from "node:stream"
import type { FastifyInstance } from "fastify"
import { OnusError } from "../../protocol/errors.ts"
import type { SignedReceipt } from "../../protocol/receipt.ts"
import type { ServeParts } from "./parts.ts"
import { Turns } from "./turns.ts"

/** Receipts by their batches, for everybody. */
export interface Listing {
  /** How many receipts a batch has; undefined if there is none. */
  countOf(batchId: string): Promise<number | undefined>
  /** Some of its receipts in their order; fewer than `count` when there are no more, or they were forgotten. */
  receiptsOf(batchId: string, from: number, count: number): Promise<readonly SignedReceipt[]>
}

interface ById {
  readonly Params: { readonly id: string }
}

/** Lists that receipts are read for at once. Whoever waits has one slice at the most in memory. */
const AT_ONCE = 2
/** Receipts that are read and hashed at a time: a millisecond. */
const SLICE = 32

/** The route that lists batches. */
export function addListing(app: FastifyInstance, { listing }: Pick<ServeParts, "listing">): void {
  const turns = new Turns(AT_ONCE, Infinity, "lists of batches")
  app.get<ById>("/v1/batches/:id", async (request, reply) => {
    if (!listing) throw listingOff()
    const batchId = request.params.id.toLowerCase()
    const count = /^0x[0-9a-f]{64}$/.test(batchId) ? await listing.countOf(batchId) : undefined
    if (count === undefined) throw batchUnknown()
    // A turn lasts as long as it is read here, not as long as a client takes: who is slow keeps nobody waiting.
    const read = async (from: number): Promise<readonly SignedReceipt[]> => {
      const end = await turns.take()
      try {
        return await listing.receiptsOf(batchId, from, SLICE)
      } finally {
        end()
      }
    }
    const first = await read(0)
    if (first.length === 0) throw forgotten(batchId)
    const lines = Readable.from(linesOf(read, batchId, count, first), { objectMode: false })
    return reply.type("application/x-ndjson").send(lines)
  })
}

async function* linesOf(
  read: (from: number) => Promise<readonly SignedReceipt[]>,
  batchId: string,
  count: number,
  first: readonly SignedReceipt[],
): AsyncGenerator<Buffer> {
  let index = 0
  let slice = first
  for (;;) {
    // Forgotten meanwhile: whoever reads must see that it has no end.
    if (slice.length === 0) throw forgotten(batchId)
    yield Buffer.from(slice.map((signed) => lineOf(signed, index++)).join(""))
    if (index >= count) return
    slice = await read(index)
  }
}

const plain = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value)

const lineOf = ({ receipt, signature }: SignedReceipt, index: number): string =>
  `${JSON.stringify({ index, receipt, signature }, plain)}\n`

const listingOff = () =>
  new OnusError("ListingOff", "This node does not list its receipts", {
    hint: "Receipts are shown to who knows their ids; the operator could allow more with answers.listed",
  })

const batchUnknown = () =>
  new OnusError("BatchUnknown", "This node has made no such batch", {
    hint: "A batch id is 0x and 64 hexadecimal digits, as in the event BatchAnchored",
  })

const forgotten = (batchId: string) =>
  new OnusError("EvidenceGone", `The receipts of batch ${batchId} are not kept any more`, {
    hint: "Its windows are over: nobody can be convicted by them",
  })
