import { batchId } from "../../protocol/batch.ts"
import { OnusError } from "../../protocol/errors.ts"
import { type Registry, receiptId, requestKey } from "../../protocol/receipt.ts"
import { failpoint } from "../../service/failpoint.ts"
import type { Statement, Value } from "../../store/database.ts"
import type { Book } from "../book.ts"
import { NEVER } from "../book.ts"
import type { Sighting } from "../sighting.ts"
import type { Context } from "./context.ts"
import { chunks, marks, refreshAll, rows } from "./refresh.ts"
import { BATCH, batchValues, packPath, receiptText, timeOf } from "./rows.ts"

/** Receipts that are kept in one transaction: others wait for no more than that. */
const SEEN_AT_ONCE = 256

const UNSIGNED = "0x"

const INSERT = (count: number): string => `
  INSERT INTO receipts (id, request, provider, model_id, challenge_window, issued_at, anchor_by, receipt, signature, is_verified,
    next_at, detained_until, deadline, until_block, is_kept, is_wanted, state, reason, attempts, ask_at)
  VALUES ${rows(count, `(${marks(11)}, 0, ${NEVER}, 0, 0, 0, 'unchecked', '', 0, 0)`)}
  ON CONFLICT (id) DO NOTHING RETURNING id`

/** A batch that somebody has shown before the chain did: it counts for nothing until then. */
const INSERT_BATCH = `
  INSERT INTO batches (id, ${BATCH.join(", ")}, block, block_hash, time, since, until, until_block, is_live, is_whole, attempts, next_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, 0, '', 0, 0, 0, 0, 0, 0, 0, 0)
  ON CONFLICT (id) DO NOTHING`

const INSERT_PLACES = (count: number): string =>
  `INSERT INTO places VALUES ${rows(count, `(${marks(4)})`)} ON CONFLICT DO NOTHING`

/** A signature that was asked for on-chain takes the place of one that was not. */
const SIGN = `
  UPDATE receipts SET signature = ?, is_verified = ?, ask_at = 0
  WHERE id = ? AND (signature = '${UNSIGNED}' OR is_verified < ?) RETURNING id`

const ATTEST = `
  UPDATE receipts SET attested_block = ?, attested_hash = ?, attested_until = ?, attested_until_block = ? WHERE id = ?`

/** Requests that more receipts were seen for than before. */
const CONTESTS = (count: number): string => `
  INSERT INTO contests (request, size, attempts, next_at)
  SELECT request, COUNT(*), 0, 0 FROM receipts WHERE request IN (${marks(count)}) GROUP BY request HAVING COUNT(*) > 1
  ON CONFLICT (request) DO UPDATE SET size = excluded.size, attempts = 0, next_at = 0 WHERE contests.size <> excluded.size`

interface Seen {
  readonly id: string
  readonly request: string
  readonly sighting: Sighting
}

export function see(context: Context, ...[sightings, now]: Parameters<Book["see"]>): ReturnType<Book["see"]> {
  return context.inTurn(async () => {
    const added: string[] = []
    for (const chunk of chunks(sightings, SEEN_AT_ONCE)) {
      added.push(
        ...(await seeSome(
          context,
          chunk.map((sighting) => seen(context.registry, sighting)),
          now,
        )),
      )
      failpoint("seeing")
    }
    return added
  })
}

function seen(registry: Registry, sighting: Sighting): Seen {
  const { registry: other, receipt } = sighting.signed
  if (other.chainId !== registry.chainId || other.address.toLowerCase() !== registry.address.toLowerCase()) {
    const message = `The receipt is for registry ${other.address} of chain ${other.chainId}, the book for ${registry.address}`
    throw new OnusError("RegistryMismatch", message)
  }
  return { id: receiptId(registry, receipt), request: requestKey(receipt), sighting }
}

async function seeSome(
  { database }: Context,
  some: readonly Seen[],
  now: number,
): Promise<readonly string[]> {
  const [inserted] = await database.transact([
    { sql: INSERT(some.length), values: some.flatMap((one) => rowOf(one, now)) },
    ...placesOf(some),
    ...some.flatMap(attestationOf),
    { sql: CONTESTS(some.length), values: some.map(({ request }) => request) },
    ...refreshAll(some.map(({ id }) => id)),
  ])
  const added = new Set(inserted.map(({ id }) => String(id)))
  await addSignatures(
    { database },
    some.filter(({ id }) => !added.has(id)),
  )
  return [...added]
}

/** What was known without a signature may be evidence by itself now: so may be its rivals. */
async function addSignatures({ database }: Pick<Context, "database">, known: readonly Seen[]): Promise<void> {
  const signed = known.filter(({ sighting }) => sighting.signed.signature !== UNSIGNED)
  if (signed.length === 0) return
  const written = await database.transact(
    signed.map(({ id, sighting }) => {
      const verified = isVerified(sighting)
      return { sql: SIGN, values: [sighting.signed.signature.toLowerCase(), verified, id, verified] }
    }),
  )
  const changed = signed.filter((_, i) => written[i].length > 0)
  if (changed.length === 0) return
  const sql = `UPDATE contests SET next_at = 0 WHERE request IN (${marks(changed.length)})`
  await database.transact([{ sql, values: changed.map(({ request }) => request) }])
}

const isVerified = ({ source, signed }: Sighting): 0 | 1 =>
  source !== "provider" && signed.signature !== UNSIGNED ? 1 : 0

function rowOf({ id, request, sighting }: Seen, now: number) {
  const { receipt, signature } = sighting.signed
  return [
    id,
    request,
    receipt.provider.toLowerCase(),
    receipt.modelId.toLowerCase(),
    Number(receipt.challengeWindow),
    timeOf(receipt.issuedAt),
    timeOf(receipt.anchorBy),
    receiptText(receipt),
    signature.toLowerCase(),
    isVerified(sighting),
    now,
  ]
}

function placesOf(some: readonly Seen[]): readonly Statement[] {
  const batches = new Map<string, Statement>()
  const ids = new Map<object, string>()
  const places: Value[] = []
  for (const { id, sighting } of some) {
    if (!sighting.inclusion) continue
    const { batch, index, path } = sighting.inclusion
    // Receipts of one batch share the object mostly, and hashing costs more than anything else here.
    const home = ids.get(batch) ?? batchId(batch)
    ids.set(batch, home)
    batches.set(home, { sql: INSERT_BATCH, values: [home, ...batchValues(batch)] })
    places.push(id, home, Number(index), packPath(path))
  }
  if (places.length === 0) return []
  return [...batches.values(), { sql: INSERT_PLACES(places.length / 4), values: places }]
}

function attestationOf({ id, sighting }: Seen): readonly Statement[] {
  if (!sighting.attested) return []
  const { block, blockHash, until, untilBlock } = sighting.attested
  return [{ sql: ATTEST, values: [block, blockHash, until, untilBlock, id] }]
}
