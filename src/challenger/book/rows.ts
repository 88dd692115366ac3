import { getAddress } from "ethers"
import type { Batch, Inclusion } from "../../protocol/batch.ts"
import type { Receipt, Registry } from "../../protocol/receipt.ts"
import type { SumNode } from "../../protocol/sum-tree.ts"
import type { Row } from "../../store/database.ts"
import { databaseMalformed } from "../../store/errors.ts"
import { type Known, type KnownBatch, NEVER, type ReceiptState } from "../book.ts"

/** Fields of a receipt in the order in which a row has them, as text. */
const FIELDS = [
  "provider",
  "modelId",
  "requestId",
  "inputCommitment",
  "outputCommitment",
  "traceCommitment",
  "consumer",
  "coverage",
  "issuedAt",
  "anchorBy",
  "challengeWindow",
  "termsHash",
] as const satisfies readonly (keyof Receipt)[]

/** A time of a stranger as a number: none is later than {@link NEVER}. */
export const timeOf = (seconds: bigint): number => (seconds < BigInt(NEVER) ? Number(seconds) : NEVER)

/** A receipt as text. */
export const receiptText = (receipt: Receipt): string =>
  JSON.stringify(
    FIELDS.map((name) => (typeof receipt[name] === "bigint" ? String(receipt[name]) : usual(receipt[name]))),
  )

/** The one way in which hex is written here. */
const usual = (hex: string): string => (hex.length === 42 ? addressOf(hex) : hex.toLowerCase())

function receiptFrom(row: Row): Receipt {
  try {
    const values = JSON.parse(String(row.receipt)) as readonly string[]
    const field = (name: keyof Receipt): string => values[FIELDS.indexOf(name)]
    return {
      provider: field("provider"),
      modelId: field("modelId"),
      requestId: field("requestId"),
      inputCommitment: field("inputCommitment"),
      outputCommitment: field("outputCommitment"),
      traceCommitment: field("traceCommitment"),
      consumer: field("consumer"),
      coverage: BigInt(field("coverage")),
      issuedAt: BigInt(field("issuedAt")),
      anchorBy: BigInt(field("anchorBy")),
      challengeWindow: BigInt(field("challengeWindow")),
      termsHash: field("termsHash"),
    }
  } catch (cause) {
    throw databaseMalformed(`Receipt ${String(row.id)} in the book`, (cause as Error).message, cause)
  }
}

/** Checksums cost hashes, and programs meet few addresses, often. */
const addresses = new Map<string, string>()

/** An address with its checksum. */
export function addressOf(text: string): string {
  const known = addresses.get(text)
  if (known !== undefined) return known
  if (addresses.size >= 1024) addresses.clear()
  const address = getAddress(text.toLowerCase())
  addresses.set(text, address)
  return address
}

/** Bytes of a node in a path: its digest, and its sum. */
const [DIGEST, SUM] = [32, 16]

export function packPath(path: readonly SumNode[]): Uint8Array {
  const parts = path.map(({ digest, sum }) => digest.slice(2) + sum.toString(16).padStart(2 * SUM, "0"))
  return new Uint8Array(Buffer.from(parts.join(""), "hex"))
}

function unpackPath(bytes: Uint8Array): SumNode[] {
  // One text for all of it: thousands of receipts are read at once, each with a dozen of nodes.
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")
  const node = 2 * (DIGEST + SUM)
  return Array.from({ length: hex.length / node }, (_, i) => {
    const digest = hex.slice(i * node, i * node + 2 * DIGEST)
    return { digest: `0x${digest}`, sum: BigInt(`0x${hex.slice(i * node + 2 * DIGEST, (i + 1) * node)}`) }
  })
}

/** Selects what `knownOf` needs. */
export const KNOWN = `
  SELECT receipts.*, places.place, places.path, batches.provider AS batch_provider, batches.model_id AS batch_model,
    batches.root AS batch_root, batches.size AS batch_size, batches.coverage AS batch_coverage,
    batches.challenge_window AS batch_window
  FROM receipts
  LEFT JOIN places ON places.receipt_id = receipts.id AND places.batch_id = receipts.batch_id
  LEFT JOIN batches ON batches.id = receipts.batch_id`

export function knownOf(registry: Registry, row: Row): Known {
  return {
    id: String(row.id),
    request: String(row.request),
    signed: { registry, receipt: receiptFrom(row), signature: String(row.signature) },
    ...(row.batch_id === null ? {} : { inclusion: inclusionOf(row) }),
    isAttested: row.attested_block !== null,
    isWanted: row.is_wanted === 1,
    state: row.state as ReceiptState,
    reason: String(row.reason),
    attempts: Number(row.attempts),
    nextAt: Number(row.next_at),
    deadline: Number(row.deadline),
    untilBlock: Number(row.until_block),
  }
}

export const inclusionOf = (row: Row): Inclusion => ({
  batch: {
    provider: addressOf(String(row.batch_provider)),
    modelId: String(row.batch_model),
    root: String(row.batch_root),
    count: BigInt(Number(row.batch_size)),
    coverage: BigInt(String(row.batch_coverage)),
    window: BigInt(Number(row.batch_window)),
  },
  index: BigInt(Number(row.place)),
  path: unpackPath(row.path as Uint8Array),
})

/** The columns of a batch that tell what it is, in the order of `batchValues`. */
export const BATCH = ["provider", "model_id", "root", "size", "coverage", "challenge_window"] as const

export const batchValues = ({ provider, modelId, root, count, coverage, window }: Batch) => [
  provider.toLowerCase(),
  modelId.toLowerCase(),
  root.toLowerCase(),
  Number(count),
  String(coverage),
  Number(window),
]

export const batchOf = (row: Row): KnownBatch => ({
  id: String(row.id),
  batch: {
    provider: addressOf(String(row.provider)),
    modelId: String(row.model_id),
    root: String(row.root),
    count: BigInt(Number(row.size)),
    coverage: BigInt(String(row.coverage)),
    window: BigInt(Number(row.challenge_window)),
  },
  block: Number(row.block),
  blockHash: String(row.block_hash),
  time: Number(row.time),
  since: Number(row.since),
  until: Number(row.until),
  untilBlock: Number(row.until_block),
  isWhole: row.is_whole === 1,
  attempts: Number(row.attempts),
  nextAt: Number(row.next_at),
})
