import type { Command } from "commander"
import { OnusError, isOnusError } from "../../protocol/errors.ts"
import { receiptId } from "../../protocol/receipt.ts"
import { type PreparedBatch, anchor, prepareBatch } from "../../sdk/anchor.ts"
import { type Bundle, encodeBundle } from "../../sdk/bundle.ts"
import { chainTime } from "../../sdk/chain-time.ts"
import type { Client } from "../../sdk/client.ts"
import { locate } from "../../sdk/locate.ts"
import { requireRegistry, verifySignature } from "../../sdk/verify.ts"
import type { Money } from "../amount.ts"
import { command, reports, sentReport, withKey } from "../command.ts"
import { readBundle, writeAtomically } from "../file.ts"
import { fields } from "../output.ts"
import { type ChainOptions, signing } from "../session.ts"

interface Entry {
  readonly file: string
  readonly bundle: Bundle
  readonly id: string
}

/** `onus anchor`: collateral for several answers in one transaction. */
export function anchorCommand(): Command {
  const description = "anchor signed answers as one batch and write into each file where it stands"
  return withKey(command("anchor [options] <bundle...>", description, "anchor answer-1.json answer-2.json"))
    .argument("<bundle...>", "files that `onus attest` wrote")
    .action(
      reports((files: string[], options: ChainOptions) => {
        const entries = files.map(readEntry).sort((a, b) => (a.id < b.id ? -1 : 1))
        return signing(options, ({ client, money }) => anchorAll(client, entries, money))
      }),
    )
}

function readEntry(file: string): Entry {
  const bundle = readBundle(file)
  return { file, bundle, id: receiptId(bundle.signed.registry, bundle.signed.receipt) }
}

/**
 * The order of the leaves is that of the receipt ids, so that anchoring the same files again makes the
 * same batch. After a crash between the transaction and the files, that is how they are completed.
 */
async function anchorAll(client: Client, entries: readonly Entry[], money: Money) {
  for (const entry of entries) requireRegistry(client.registry, entry.bundle.signed.registry)
  const now = await chainTime(client)
  const prepared = prepareBatch(
    client,
    entries.map(({ bundle }) => bundle.signed.receipt),
  )
  const { since } = await client.onus.lockOf(prepared.batchId)
  for (const entry of entries) await requireAnchorable(client, entry, prepared, since === 0n ? now : 0n)
  const sent: { transaction?: string } = since === 0n ? sentReport(await anchor(client, prepared)) : {}
  const { batchId, batch } = prepared
  entries.forEach(({ file, bundle }, i) => {
    try {
      writeAtomically(file, encodeBundle({ ...bundle, inclusion: prepared.inclusions[i] }))
    } catch (error) {
      throw incomplete(error, batchId, sent)
    }
  })
  const data = {
    batchId,
    count: entries.length,
    coverage: money.format(batch.coverage),
    already: since !== 0n,
    ...sent,
  }
  const title = since === 0n ? "anchored" : "was anchored already:"
  return {
    data,
    lines: [
      `${title} ${entries.length} answers in batch ${batchId}`,
      ...fields({ coverage: money.show(batch.coverage), ...sent }),
    ],
  }
}

/** The batch is on the chain: whoever reads that a file was not written must learn that, too. */
function incomplete(error: unknown, batchId: string, { transaction }: { transaction?: string }): unknown {
  if (!isOnusError(error)) return error
  const sent = transaction === undefined ? "was anchored before" : `is anchored by transaction ${transaction}`
  return new OnusError(error.code, `Batch ${batchId} ${sent}, but a file is not written: ${error.message}`, {
    hint: "Make room and the file writable, then run the same command again: it completes the files and sends nothing",
    cause: error,
  })
}

async function requireAnchorable(
  client: Client,
  { file, bundle, id }: Entry,
  { batchId: ours }: PreparedBatch,
  now: bigint,
): Promise<void> {
  const { signed } = bundle
  await verifySignature(client, signed)
  if (signed.receipt.anchorBy < now) {
    throw new OnusError(
      "ReceiptExpired",
      `${file} was to be anchored by ${signed.receipt.anchorBy}, it is ${now}`,
      { hint: "Leave it out: an answer that was not anchored in time is answered anew, as another request" },
    )
  }
  if (now === 0n) return
  const { assurance } = await locate(client, signed, bundle.inclusion)
  if (assurance === "signed") return
  throw new OnusError(
    "AlreadyAnchored",
    `${file} (receipt ${id}) has its collateral already, not in batch ${ours}`,
    {
      hint: "Leave it out: anchoring it twice would reserve stake twice",
    },
  )
}
