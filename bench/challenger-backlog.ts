// How long a challenger needs to bring a backlog into order: `npm run bench:challenger-backlog -- [--count N] [--url DATABASE]`.
// From a cold start with unchecked receipts in batches until each was handed to a checker, the earliest deadline first. Providers and
// runs take no time here.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { computeAddress, id, toBeHex, ZeroHash } from "ethers"
import { openBook } from "../src/challenger/book/open.ts"
import type { Known, KnownBatch } from "../src/challenger/book.ts"
import type { RegistryDesk } from "../src/challenger/registry.ts"
import { chooser } from "../src/challenger/schedule/choose.ts"
import { Scheduler } from "../src/challenger/schedule/scheduler.ts"
import type { Sighting } from "../src/challenger/sighting.ts"
import type { View } from "../src/challenger/view.ts"
import { batchId } from "../src/protocol/batch.ts"
import { type Receipt, receiptId } from "../src/protocol/receipt.ts"
import { SumTree } from "../src/protocol/sum-tree.ts"
import { silentLog } from "../src/service/log.ts"
import { openDatabase } from "../src/store/open.ts"

const { values: options } = parseArgs({
  options: { count: { type: "string", default: "10000" }, url: { type: "string" } },
})
const count = Number(options.count)
const LIMIT = 5
const BATCH = 500
const NOW = 1_800_000_000
const WINDOW = 21_600

const registry = { chainId: 31337n, address: computeAddress(id("registry")) }
const providers = [1, 2, 3, 4].map((n) => computeAddress(id(`provider ${n}`)))

/** Receipts as their providers list them, by the batches that they are in. */
const listed = new Map<string, readonly Sighting[]>()
const batches: KnownBatch[] = []
for (let first = 0; first < count; first += BATCH) {
  const number = first / BATCH
  const provider = providers[number % providers.length]
  const receipts = Array.from({ length: Math.min(BATCH, count - first) }, (_, i): Receipt => {
    const [input, output] = ["input", "output"].map((name) => id(`${name} ${first + i}`))
    return {
      provider,
      modelId: id("model"),
      requestId: toBeHex(first + i + 1, 32),
      inputCommitment: input,
      outputCommitment: output,
      traceCommitment: ZeroHash,
      consumer: providers[0],
      coverage: 10n ** 18n,
      issuedAt: BigInt(NOW - 3600),
      anchorBy: BigInt(NOW),
      challengeWindow: BigInt(WINDOW),
      termsHash: ZeroHash,
    }
  })
  const leaves = receipts.map((receipt) => ({
    receiptId: receiptId(registry, receipt),
    coverage: receipt.coverage,
  }))
  const tree = new SumTree(leaves)
  const { digest: root, sum: coverage } = tree.root
  const size = BigInt(tree.count)
  const batch = { provider, modelId: id("model"), root, count: size, coverage, window: BigInt(WINDOW) }
  // Deadlines in another order than that in which they are seen.
  const time = NOW - 3600 + ((number * 7919) % 3000)
  const anchored = {
    block: number,
    blockHash: id(`${number}`),
    time,
    since: time,
    until: time + WINDOW,
    untilBlock: 0,
  }
  batches.push({ id: batchId(batch), batch, ...anchored, isWhole: false, attempts: 0, nextAt: 0 })
  const signature = `0x${"1b".repeat(65)}`
  listed.set(
    batchId(batch),
    receipts.map((receipt, i) => ({
      signed: { registry, receipt, signature },
      inclusion: { batch, index: BigInt(i), path: tree.path(i) },
      source: "provider",
    })),
  )
}

const folder = mkdtempSync(join(tmpdir(), "onus-backlog-"))
try {
  const database = await openDatabase(options.url ?? `sqlite:${join(folder, "book.db")}`)
  const book = await openBook(database, registry)
  const view: View = {
    head: { latest: { number: 1, hash: ZeroHash, parentHash: ZeroHash, timestamp: NOW }, final: 0 },
    clock: BigInt(NOW),
    baseFee: 1n,
    balance: undefined,
  }
  const order: number[] = []
  let from = performance.now()
  const seconds = (): string => {
    const taken = (performance.now() - from) / 1000
    from = performance.now()
    return `${taken.toFixed(2)} s`
  }
  const parts = {
    book,
    desk: {} as RegistryDesk,
    disputes: { of: () => Promise.resolve(undefined) },
    chooser: chooser({ share: 1, minCoverage: 0n }, new Uint8Array(32)),
    omissions: "never",
    concurrency: 4,
    log: silentLog,
  } as const
  const checker = {
    check: (known: Known) => {
      order.push(known.deadline)
      return Promise.resolve({ verdict: "match" } as const)
    },
  }
  const sources = {
    list: ({ id }: { readonly id: string }) => Promise.resolve(listed.get(id)!),
    receipt: () => Promise.reject(new Error("not asked")),
  }
  await book.seeBatches(batches)
  // Everything is written down before anything is checked: runs of a challenger before this one have done so.
  for (const batch of batches) await book.see(listed.get(batch.id)!, NOW)
  const seen = seconds()
  await book.due(NOW, 1000)
  const first = seconds()
  for (const { id } of batches) await book.noteBatch(id, { isWhole: true, nextAt: 0 })
  from = performance.now()
  const scheduler = new Scheduler({ ...parts, checker, sources })
  await scheduler.tick(view)
  await scheduler.idle()
  const taken = (performance.now() - from) / 1000
  const { receipts } = await book.counts()
  await scheduler.close()
  await database.close()
  const inOrder = order.every((deadline, i) => i === 0 || deadline >= order[i - 1])
  console.log(
    `${count} receipts in ${batches.length} batches: written down in ${seen}, the first due ones read in ${first}`,
  )
  console.log(
    `${order.length} scheduled ${inOrder ? "in the order of their deadlines" : "OUT OF ORDER"} and ${receipts.match} verdicts written in ${taken.toFixed(2)} s; ${LIMIT} s allowed`,
  )
  process.exitCode = inOrder && receipts.match === count && order.length === count && taken < LIMIT ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}
