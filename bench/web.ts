// How soon the explorer shows something over a registry with 10,000 receipts, from a server on this machine: `npm run bench:web`.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { id } from "ethers"
import { chromium } from "playwright-core"
import { buildPages } from "../scripts/explorer/build.ts"
import { serveSite } from "../scripts/explorer/serve.ts"
import { DAY, Stage, TOKEN } from "../scripts/explorer/stage.ts"
import { findChromium } from "../scripts/identity/chromium.ts"
import { IndexProcess } from "../scripts/index/process.ts"
import { OnusError } from "../src/protocol/errors.ts"
import { type Receipt } from "../src/protocol/receipt.ts"
import { anchor, prepareBatch } from "../src/sdk/anchor.ts"
import { freePort } from "../src/tour/process.ts"

const RECEIPTS = 10_000
/** Of them, so many are on the chain by themselves: each is an event; the others are in batches. */
const DIRECT = 1_000
const BATCH = 1_000
const VISITS = 5
/** Milliseconds. */
const TARGET = 1_000

interface Visit {
  readonly firstPaint: number
  readonly firstContent: number
}

async function anchorAll(stage: Stage): Promise<void> {
  const consumer = await stage.person("consumer")
  const provider = await stage.provider("Ada", "https://ada.example/onus.json", 200_000n)
  const { entry } = await stage.ask(provider, { consumer, coverage: 1n, window: 7, anchorWithin: DAY })
  const like = entry.signed.receipt
  const receipt = (number: number): Receipt => ({
    ...like,
    requestId: id(`bench ${number}`),
    coverage: TOKEN,
  })
  const { onus } = provider.client
  for (let first = 0; first < RECEIPTS - DIRECT; first += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, at) => receipt(first + at))
    await anchor(provider.client, prepareBatch(provider.client, batch))
  }
  for (let number = RECEIPTS - DIRECT; number < RECEIPTS; number++)
    await (await onus.attest(receipt(number))).wait()
  await stage.settle()
}

async function visits(url: string, executablePath: string): Promise<readonly Visit[]> {
  const browser = await chromium.launch({ executablePath })
  const found: Visit[] = []
  for (let visit = 0; visit < VISITS; visit++) {
    // A new context: nothing is in its cache.
    const context = await browser.newContext({ locale: "en-US" })
    const page = await context.newPage()
    await page.goto(url)
    await page.waitForFunction(() => performance.getEntriesByName("first content").length > 0)
    found.push(
      await page.evaluate(() => ({
        firstPaint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
        firstContent: performance.getEntriesByName("first content")[0].startTime,
      })),
    )
    await context.close()
  }
  await browser.close()
  return found
}

const median = (values: readonly number[]): number =>
  Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)])

const summary = (all: readonly Visit[]) => ({
  firstPaintMs: median(all.map(({ firstPaint }) => firstPaint)),
  firstContentMs: median(all.map(({ firstContent }) => firstContent)),
})

const executablePath = await findChromium()
if (!executablePath)
  throw new OnusError("BrowserMissing", "There is no Chromium here", { hint: "Name one with ONUS_CHROMIUM" })
const pages = buildPages()
const stage = await Stage.open()
await anchorAll(stage)
const { url: rpc, registry } = stage.chain
const { block } = await stage.chain.now()
const folder = mkdtempSync(join(tmpdir(), "onus-bench-web-"))
const index = new IndexProcess({ rpc, registry, port: await freePort(), folder })
await index.reach(block)
const parts = { folder: pages.folder, rpc, registry, fromBlock: 0, files: () => new Map<string, string>() }
const [withIndex, alone] = [await serveSite({ ...parts, index: index.url }), await serveSite(parts)]
const result = {
  receipts: RECEIPTS,
  ofThemByThemselves: DIRECT,
  blocks: block,
  targetMs: TARGET,
  index: summary(await visits(withIndex.url, executablePath)),
  chainAlone: summary(await visits(alone.url, executablePath)),
}
console.log(JSON.stringify(result, null, 2))
writeFileSync(new URL("results/web.json", import.meta.url), `${JSON.stringify(result, null, 2)}\n`)
await withIndex.close()
await alone.close()
await index.stop()
await stage.close()
pages.remove()
rmSync(folder, { recursive: true, force: true })
if (result.index.firstContentMs > TARGET) process.exitCode = 1
