import { bitsOf } from "../engine/program/words.ts"
import { readFileSync } from "node:fs"
import { MaxUint256, Wallet, getBytes, id } from "ethers"
import { network } from "hardhat"
import { interpret, interpreter } from "../../src/engine/reference/interpreter.ts"
import { loadOnnx } from "../../src/engine/onnx/load.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import { type Batch, DIRECT } from "../../src/protocol/batch.ts"
import type { Receipt } from "../../src/protocol/receipt.ts"
import { prepareBatch } from "../../src/sdk/anchor.ts"
import { type AnswerSigner, answer, signRun } from "../../src/sdk/answer.ts"
import { type Client, connect, send } from "../../src/sdk/client.ts"
import { convictEquivocation, convictWrongExecution } from "../../src/sdk/convict.ts"
import { MemoryJournal } from "../../src/sdk/journal.ts"
import { addKey } from "../../src/sdk/keys.ts"
import { registerModel } from "../../src/sdk/register-model.ts"
import { registerProvider } from "../../src/sdk/register-provider.ts"
import { type Connection, deploy } from "../../scripts/deploy/deploy.ts"
import type { GasTable } from "./readme-table.ts"

const COVERAGE = 10n ** 18n
const WINDOW = 3600n
const YEAR = 365 * 24 * 3600
/** Batches in one release: what each beyond the first adds is shown. */
const ONE_AND_EIGHT = 9

interface Scene {
  readonly connection: Connection
  readonly client: Client
  readonly provider: string
  readonly consumer: string
  readonly key: Wallet
  readonly table: GasTable
}

/** Measures every operation on fresh chains; storage is cold and new unless a row says otherwise. */
export async function measureGas(): Promise<GasTable> {
  const table: GasTable = {}
  const scene = await setScene(table)
  await attestAndAnchor(scene)
  const before = await scene.connection.networkHelpers.takeSnapshot()
  await equivocation(scene, "of a provider with a history")
  await before.restore()
  await convictions(scene)
  await scene.connection.close()
  const fresh = await setScene(table)
  // The first thing that ever happens to its provider: every slot is new.
  const payoutId = await equivocation(fresh, "first of a registry")
  await fresh.connection.networkHelpers.time.increase(30 * 24 * 3600)
  table["claim a payout"] = gasOf(await send(fresh.client.onus.claimReward(payoutId)))
  await fresh.connection.close()
  return table
}

async function setScene(table: GasTable): Promise<Scene> {
  const connection = await network.create()
  const { onus, token } = await deploy(connection)
  const [, provider, consumer] = await connection.ethers.getSigners()
  const client = await connect(provider, await onus.getAddress())
  const key = new Wallet(id("gas"))
  const scene = { connection, client, provider: provider.address, consumer: consumer.address, key, table }
  await connection.networkHelpers.setBalance(key.address, 10n ** 18n)
  await send(token.mint(provider.address, 10n ** 24n))
  await send(token.connect(provider).approve(onus, MaxUint256))
  await enter(scene)
  return scene
}

const program = lower(loadOnnx(readFileSync("models/digits.onnx")))
const image = new Float32Array(784).fill(0.25)

async function enter({ client, key, table }: Scene): Promise<void> {
  const uri = "https://provider.example"
  table["register a provider"] = gasOf(await registerProvider(client, `${uri}/onus.json`))
  table["deposit stake"] = gasOf(await send(client.onus.deposit(10n ** 23n)))
  table["add a key"] = gasOf(await addKey(client, key.address, 4_000_000_000n))
  table["register a model"] = gasOf(await registerModel(client, program, `${uri}/digits.onnx`))
}

async function attestAndAnchor(scene: Scene): Promise<void> {
  const { client, key, table } = scene
  const { onus } = client
  // The first lock of a provider makes its account slot pay more once; it is part of the row.
  const one = await receipt(scene, "direct")
  table["attest one receipt directly"] = gasOf(await send(onus.attest(one)))
  const batches = []
  for (const [count, by] of [
    [1, ""],
    [1_024, ""],
    [1_024, " by a key"],
    [4_096, ""],
  ] as const) {
    const { batch } = prepareBatch(client, await receipts(scene, count, by))
    const sender = by === "" ? onus : onus.connect(key.connect(scene.connection.ethers.provider))
    const name = `anchor ${count.toLocaleString("en")} receipt${count === 1 ? "" : "s"}${by}`
    table[name] = gasOf(await send(sender.anchor(batch)))
    batches.push(batch)
  }
  await releases(scene, batches, one)
}

async function releases(scene: Scene, batches: readonly Batch[], one: Receipt): Promise<void> {
  const { connection, client, table } = scene
  const { onus } = client
  const helpers = connection.networkHelpers
  const more: Batch[] = []
  for (let i = 0; i < ONE_AND_EIGHT; i++) {
    const { batch } = prepareBatch(client, await receipts(scene, 2, `release ${i}`))
    await send(onus.anchor(batch))
    more.push(batch)
  }
  await helpers.mine(400, { interval: 12 })
  table["release a batch, first of a provider"] = gasOf(await send(onus.releaseBatches([batches[0]])))
  table["release a batch, later"] = gasOf(await send(onus.releaseBatches([batches[1]])))
  table["release a receipt, later"] = gasOf(await send(onus.releaseReceipt(one, DIRECT)))
  const before = await helpers.takeSnapshot()
  const alone = gasOf(await send(onus.releaseBatches(more.slice(0, 1))))
  await before.restore()
  const together = gasOf(await send(onus.releaseBatches(more)))
  table["release one more batch in the same transaction"] = Math.round(
    (together - alone) / (ONE_AND_EIGHT - 1),
  )
  await helpers.mine(10, { interval: 3600 })
  table["read a reputation"] = await readingGas(scene)
}

/** What a contract spends in a call of the view, by an estimate of a transaction that only calls it. */
async function readingGas({ connection, client, provider }: Scene): Promise<number> {
  const reputation = await client.reputation()
  const transaction = await reputation.reputation.populateTransaction(provider)
  const bytes = getBytes(transaction.data)
  const intrinsic = bytes.reduce((gas, byte) => gas + (byte === 0 ? 4 : 16), 21_000)
  return Number(await connection.ethers.provider.estimateGas(transaction)) - intrinsic
}

async function convictions(scene: Scene): Promise<void> {
  const { connection, client, key, table } = scene
  const signer = () => ({ registry: client.registry, key, journal: new MemoryJournal() })

  for (const [name, step, element] of [
    ["convolution, 72 terms", 2, 1_000],
    ["dense, 784 terms", 4, 7],
    ["exponential", 7, 3],
  ] as const) {
    const honest = interpret(program, { image })
    bitsOf(honest, program.steps[step].output)[element] ^= 1 << 24
    const lie = await signRun(signer(), honest, await terms(scene, `lie ${name}`))
    await send(client.onus.attest(lie.signed.receipt))
    const opened = { run: lie.run, commitment: commit(lie.run) }
    const { gas } = await convictWrongExecution(client, lie.signed, opened, { step, element }, DIRECT)
    table[`convict a wrong execution: ${name}`] = Number(gas)
    // Faults far apart: none of them is the third within 90 days.
    await connection.networkHelpers.time.increase(YEAR)
  }
}

/** Convicts two answers to one request; returns what names the payout. */
async function equivocation(scene: Scene, whose: string): Promise<string> {
  const { client, key, table } = scene
  const twice = await terms(scene, "twice")
  const sign = (inputs: Float32Array) => {
    const signer = { registry: client.registry, key, journal: new MemoryJournal() }
    return answer(signer, interpreter, program, { image: inputs }, twice)
  }
  const [first, second] = [await sign(image), await sign(image.map((x) => 1 - x))]
  const conviction = await convictEquivocation(client, first.signed, second.signed)
  table[`convict an equivocation, ${whose}`] = Number(conviction.gas)
  return conviction.payoutId
}

async function terms({ connection, provider, consumer }: Scene, name: string) {
  return {
    provider,
    consumer,
    requestId: id(name),
    coverage: COVERAGE,
    issuedAt: BigInt(await connection.networkHelpers.time.latest()),
    anchorWithin: 3600n,
    challengeWindow: WINDOW,
  }
}

async function receipt(scene: Scene, name: string): Promise<Receipt> {
  const { signed } = await answer(
    { registry: scene.client.registry, key: scene.key, journal: new MemoryJournal() } satisfies AnswerSigner,
    interpreter,
    program,
    { image },
    await terms(scene, name),
  )
  return signed.receipt
}

/** Receipts that differ in their request only: what is hashed and locked does not depend on the rest. */
async function receipts(scene: Scene, count: number, what = ""): Promise<Receipt[]> {
  const template = await receipt(scene, `batch of ${count} ${what}`)
  return Array.from({ length: count }, (_, at) => ({
    ...template,
    coverage: COVERAGE / 4n,
    requestId: id(`request ${at} of ${count} ${what}`),
  }))
}

const gasOf = ({ gas }: { gas: bigint }): number => Number(gas)
