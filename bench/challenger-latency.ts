// From the block of a wrong answer to the block that commits to its evidence: `npm run bench:challenger-latency [-- --rounds N]`.
//
// A local chain, a provider that lies about every answer and lists what it anchors, and the real `onus challenger` in a process of its own.
// Side by side with it: how long one run of the model takes, from fetching to the trees of the trace.
import { mkdtempSync, rmSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { parseArgs } from "node:util"
import { Wallet, ZeroHash, id } from "ethers"
import { seededDraw } from "../src/engine/audit/sample.ts"
import { engine } from "../src/engine/engine.ts"
import type { Serving } from "../src/provider/serve/serve.ts"
import { openCourt } from "../src/sdk/game/court.ts"
import { theModel } from "../src/tour/cast.ts"
import { LocalChain } from "../src/tour/chain/local-chain.ts"
import { challengerConfig } from "../src/tour/config.ts"
import { Program, freePort } from "../src/tour/process.ts"
import { inputsByName } from "../src/tour/provider/inputs.ts"
import { wrongElement } from "../src/tour/provider/lies.ts"
import { Provider } from "../src/tour/provider/provider.ts"
import { serveProvider } from "../src/tour/provider/serving.ts"

const TOKEN = 10n ** 18n
const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } })
const rounds = Number(values.rounds)

const folder = mkdtempSync(join(tmpdir(), "onus-latency-"))
const chain = await LocalChain.open()
const model = await theModel()
const executor = engine()
const wallet = new Wallet(id("latency: challenger"))
const { judge, onus } = await openCourt(await chain.admit(wallet, 0n))
const [inboxPort, metricsPort] = [await freePort(), await freePort()]
const config = challengerConfig({ chain, inboxPort, metricsPort })
const program = new Program("challenger", folder, config, { SENDING_KEY: wallet.privateKey })
await program.ready(`http://127.0.0.1:${metricsPort}/readyz`)

const inputs = (round: number) =>
  Buffer.from(Float32Array.from({ length: 784 }, (_, i) => ((i * 7 + round * 13) % 256) / 255).buffer)

const servings: Serving[] = []

/** A provider that lies. Each is caught once: who is convicted too often is excluded. */
async function openLiar(round: number): Promise<Provider> {
  const owner = new Wallet(id(`latency: provider ${round}`))
  const provider = new Provider({
    client: await chain.admit(owner, 10_000n * TOKEN),
    address: owner.address,
    key: new Wallet(id(`latency: key ${round}`)),
    models: [model],
    executor,
    draw: seededDraw(round),
    lieAbout: () => wrongElement,
  })
  const serving = await serveProvider(provider, { isListed: true })
  servings.push(serving)
  const url = `http://127.0.0.1:${serving.port}`
  await provider.register(url, 1_000n * TOKEN)
  await provider.registerModels(() => `${url}/v1/models/digits/versions/1/file`)
  return provider
}

/** Seconds from the block that anchors a lie to the one that commits to its evidence. */
async function reaction(round: number): Promise<number> {
  const provider = await openLiar(round)
  await provider.answer({
    modelId: model.program.modelId,
    inputs: inputs(round),
    wishes: {
      consumer: provider.address,
      requestId: id(`latency ${round}`),
      isIdChosen: true,
      coverage: TOKEN,
      challengeWindow: 864_000n,
      anchorWithin: 3_600n,
      termsHash: ZeroHash,
      trace: "eager",
    },
  })
  const from = await chain.rpc.getBlockNumber()
  await provider.anchor()
  const begun = performance.now()
  const committed = judge.filters.Committed()
  for (;;) {
    const found = await judge.queryFilter(committed, from)
    if (found.length > 0) return (performance.now() - begun) / 1000
    program.requireAlive()
    await pause(10)
  }
}

/** Seconds of a run in this thread, with all tensors and trees. */
async function run(round: number): Promise<number> {
  const begun = performance.now()
  await executor.run(model.program, inputsByName(model.program, inputs(round)))
  return (performance.now() - begun) / 1000
}

try {
  const figures: { reaction: number; run: number }[] = []
  for (let round = 0; round < rounds; round++) {
    figures.push({ reaction: await reaction(round), run: await run(round) })
    // The case is over before the next one begins.
    for (let i = 0; i < 30; i++) {
      await chain.mine()
      await pause(100)
    }
  }
  const shown = (seconds: number) => `${(1000 * seconds).toFixed(0)} ms`
  console.log(`${cpus()[0].model}, ${cpus().length} cores; registry ${await onus.getAddress()}`)
  for (const [round, one] of figures.entries())
    console.log(
      `round ${round}: committed ${shown(one.reaction)} after the anchor's block${round === 0 ? " (the model is fetched and compiled)" : ""}; one run takes ${shown(one.run)}`,
    )
  const worst = Math.max(...figures.slice(1).map((one) => one.reaction - one.run))
  console.log(`beyond one run: ${shown(worst)} at the most; 2000 ms are allowed`)
} finally {
  await program.stop()
  await Promise.all(servings.map((one) => one.close()))
  await chain.close()
  rmSync(folder, { recursive: true, force: true })
}
