// How many events a second the index takes from a local chain: `npm run bench:index -- [--anchors N] [--save]`.
// A chain in this process has anchored and released batches; an index with nothing in it reads it from the beginning.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { availableParallelism, cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { type JsonRpcSigner, id, toQuantity } from "ethers"
import { LocalChain } from "../src/tour/chain/local-chain.ts"
import { openChainFacts } from "../src/facts/chain/open.ts"
import type { Batch } from "../src/protocol/batch.ts"
import { type Client, connect } from "../src/sdk/client.ts"
import { freePort } from "../src/tour/process.ts"
import { DemoToken__factory } from "../types/contracts/index.js"
import { IndexProcess } from "../scripts/index/process.ts"

const { values } = parseArgs({
  options: { anchors: { type: "string", default: "3000" }, save: { type: "boolean", default: false } },
})
const ANCHORS = Number(values.anchors)
const PROVIDERS = 6
/** Transactions of one block. */
const BLOCK = 60
const WINDOW = 600n
const GAS = { gasLimit: 400_000 }
const BATCHES_RELEASED = 20

interface Actor {
  readonly client: Client
  readonly address: string
  readonly batches: Batch[]
}

const chain = await LocalChain.open()
const actors: Actor[] = []
for (let i = 1; i <= PROVIDERS; i++) actors.push(await admit(await chain.rpc.getSigner(i)))
console.log(`anchoring ${ANCHORS} batches of ${PROVIDERS} providers, ${BLOCK} in a block`)
for (let first = 0; first < ANCHORS; first += BLOCK)
  await inOneBlock(Math.min(BLOCK, ANCHORS - first), (i) => anchor(actors[i % PROVIDERS], first + i))
const { block, time } = await chain.now()
await chain.passTo(time + Number(WINDOW) + 1, block + 101)
for (let first = 0; first < ANCHORS; first += BLOCK * BATCHES_RELEASED)
  await inOneBlock(Math.min(BLOCK, Math.ceil((ANCHORS - first) / BATCHES_RELEASED)), (i) =>
    release(actors[i % PROVIDERS]),
  )
// What is not final yet is taken block by block.
for (let i = 0; i < 40; i++) await chain.rpc.send("evm_mine", [])

const events = ANCHORS * 3
const folder = mkdtempSync(join(tmpdir(), "onus-bench-index-"))
const index = new IndexProcess({
  rpc: chain.url,
  registry: chain.registry,
  port: await freePort(),
  folder,
  polling: 100,
  print,
})
const marks = new Map<string, number>()
function print(text: string): void {
  for (const mark of ["Started backfill indexing", "Completed backfill indexing", "Connected to database"])
    if (text.includes(mark)) marks.set(mark, performance.now())
}
const started = performance.now()
await index.reach((await chain.now()).block)
const seconds = (marks.get("Completed backfill indexing")! - marks.get("Started backfill indexing")!) / 1000
const startUp = (marks.get("Started backfill indexing")! - started) / 1000
await index.stop()
rmSync(folder, { recursive: true, force: true })

const readFrom = performance.now()
const facts = await openChainFacts({ url: chain.url, registry: chain.registry })
await facts.status()
const memorySeconds = (performance.now() - readFrom) / 1000
facts.close()
await chain.close()

const result = {
  events,
  processor: cpus()[0].model,
  node: process.version,
  threads: availableParallelism(),
  index: {
    seconds: round(seconds),
    eventsPerSecond: Math.round(events / seconds),
    startSeconds: round(startUp),
  },
  chainAlone: { seconds: round(memorySeconds), eventsPerSecond: Math.round(events / memorySeconds) },
}
console.log(JSON.stringify(result, null, 2))
if (values.save) writeFileSync("bench/results/index.json", `${JSON.stringify(result, null, 2)}\n`)

async function admit(signer: JsonRpcSigner): Promise<Actor> {
  const client = await connect(signer, chain.registry)
  const stake = 10n ** 24n
  await (
    await DemoToken__factory.connect(await client.token.getAddress(), signer).mint(signer.address, stake)
  ).wait()
  await (await client.token.approve(chain.registry, stake)).wait()
  await (await (await client.providers()).register(`https://${signer.address}.example`)).wait()
  await (await client.onus.deposit(stake)).wait()
  return { client, address: signer.address, batches: [] }
}

async function inOneBlock(count: number, send: (i: number) => Promise<unknown>): Promise<void> {
  await chain.rpc.send("evm_setAutomine", [false])
  for (let i = 0; i < count; i++) await send(i)
  await chain.rpc.send("hardhat_mine", [toQuantity(1)])
  await chain.rpc.send("evm_setAutomine", [true])
}

async function anchor({ client, address, batches }: Actor, number: number): Promise<void> {
  const batch = {
    provider: address,
    modelId: id("model"),
    root: id(`root ${number}`),
    count: 10n,
    coverage: 10n ** 18n,
    window: WINDOW,
  }
  batches.push(batch)
  const call = await client.onus.anchor.populateTransaction(batch, GAS)
  await chain.rpc.send("eth_sendTransaction", [
    { from: address, to: call.to, data: call.data, gas: toQuantity(GAS.gasLimit) },
  ])
}

async function release({ client, address, batches }: Actor): Promise<void> {
  const call = await client.onus.releaseBatches.populateTransaction(batches.splice(0, BATCHES_RELEASED))
  await chain.rpc.send("eth_sendTransaction", [
    { from: address, to: call.to, data: call.data, gas: toQuantity(1_500_000) },
  ])
}

function round(number: number): number {
  return Math.round(number * 100) / 100
}
