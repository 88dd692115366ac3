// How long a node takes to start with many receipts that are not anchored yet, and what anchoring them costs:
// `npm run bench:node-start -- [--count N] [--save]`. A real node, in a process of its own, on a local chain.
import { writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { keccak256, toBeHex } from "ethers"
import { engine } from "../src/engine/engine.ts"
import { commit } from "../src/engine/trace/commitment.ts"
import { type Receipt, receiptPreimage, requestKey } from "../src/protocol/receipt.ts"
import { traceCommitment } from "../src/protocol/trace.ts"
import { openJournal } from "../src/provider/journal/open.ts"
import { localKey } from "../src/service/key/local.ts"
import { openDatabase } from "../src/store/open.ts"
import { NodeProcess, Stage, eventually } from "../test/provider/node/stage.ts"

const { values: options } = parseArgs({
  options: { count: { type: "string", default: "100000" }, save: { type: "boolean", default: false } },
})
const count = Number(options.count)
const DAY = 86_400n

const stage = await Stage.open()
const registry = (await stage.client(stage.provider)).registry

/** Fills the journal as a node would have that answered the same question so often and anchored nothing. */
async function fill(): Promise<void> {
  const run = await engine().run(stage.program, { image: new Float32Array(784) })
  const { inputRoot, outputRoot, traceRoot } = commit(run)
  const key = localKey(stage.signing.privateKey, "the benchmark")
  const database = await openDatabase(`sqlite:${join(stage.folder, "node.db")}`)
  const journal = await openJournal(database, registry)
  const issuedAt = BigInt((await stage.rpc.getBlock("latest"))!.timestamp)
  const one = async (i: number): Promise<void> => {
    const terms = {
      provider: stage.provider.address,
      modelId: stage.program.modelId,
      requestId: toBeHex(i + 1, 32),
      inputCommitment: inputRoot,
      consumer: stage.consumer.address,
      coverage: 10n ** 15n + BigInt(i % 100),
      issuedAt,
      anchorBy: issuedAt + DAY,
      challengeWindow: 21_600n,
      termsHash: toBeHex(0, 32),
    }
    await journal.claim({ terms, trace: "eager", inputs: new Uint8Array(4 * 784) })
    const trace = traceCommitment(registry, terms, traceRoot)
    const receipt: Receipt = { ...terms, outputCommitment: outputRoot, traceCommitment: trace }
    const preimage = receiptPreimage(registry, receipt)
    const signature = await key.sign(preimage)
    await journal.keep(requestKey(terms), { registry, receipt, signature, receiptId: keccak256(preimage) })
  }
  for (let i = 0; i < count; i += 1000) {
    await Promise.all(Array.from({ length: Math.min(1000, count - i) }, (_, at) => one(i + at)))
    if (i % 20_000 === 0) console.error(`${i} of ${count} receipts`)
  }
  await database.close()
}

/** Milliseconds from the start of the process until it takes work. */
async function start(): Promise<[NodeProcess, number]> {
  const from = performance.now()
  const node = await NodeProcess.start(stage, {
    answers: { window: "6h", max_window: "6h", anchor_within: "24h" },
    anchoring: { max_age: "1h", margin: "5m", max_count: 10_000 },
  })
  await node.ready()
  return [node, Math.round(performance.now() - from)]
}

try {
  const [idle, empty] = await start()
  await idle.end()
  await fill()
  const [node, full] = await start()
  const { onus } = await stage.client(stage.provider)
  const from = performance.now()
  const anchors = await eventually(
    "everything is anchored",
    async () => {
      const found = await onus.queryFilter(onus.filters.BatchAnchored())
      return found.reduce((sum, { args }) => sum + Number(args.count), 0) === count && found
    },
    () => stage.mine(1),
  )
  const seconds = (performance.now() - from) / 1000
  const gas = await Promise.all(anchors.map(async (event) => (await event.getTransactionReceipt()).gasUsed))
  const code = await node.end()
  const measured = {
    processor: cpus()[0].model,
    node: process.version,
    receipts: count,
    "ms to start, nothing waits": empty,
    "ms to start, all wait": full,
    batches: anchors.map(({ args }) => Number(args.count)),
    "gas of each": [...new Set(gas.map(Number))],
    "seconds until all are anchored": Math.round(seconds),
    "exit code": code,
  }
  console.log(JSON.stringify(measured, null, 2))
  if (options.save) {
    const file = new URL("results/node-start.json", import.meta.url)
    writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`)
  }
} finally {
  await stage.close()
}
process.exit()
