// Pages over a local chain with a history: who stands behind which answer, and what happened when they were wrong. See --help.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs, styleText } from "node:util"
import { isOnusError } from "../src/protocol/errors.ts"
import { Opened } from "../src/service/opened.ts"
import { freePort } from "../src/tour/process.ts"
import { buildPages } from "./explorer/build.ts"
import { type History, playHistory } from "./explorer/history.ts"
import { freePortIn } from "./explorer/port.ts"
import type { ServedSite } from "./explorer/serve.ts"
import { serveHistory } from "./explorer/site.ts"
import { IndexProcess } from "./index/process.ts"

const HELP = `Starts a chain with a history, an index of it, and pages that show both.

  npm run explorer                     prints the address of the pages, and ends with Ctrl-C
  npm run explorer -- --port NUMBER    at that port
  npm run explorer -- --no-index       the pages read the chain alone`

/** Milliseconds between two blocks of a chain on which nothing happens. */
const BEAT = 4_000

async function main(): Promise<void> {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      port: { type: "string", default: "4173" },
      index: { type: "boolean", default: true },
      help: { type: "boolean", short: "h", default: false },
    },
  })
  if (values.help) return console.log(HELP)
  const opened = new Opened()
  const { promise: interrupted, resolve } = Promise.withResolvers<number>()
  process.once("SIGINT", () => resolve(130)).once("SIGTERM", () => resolve(143))
  try {
    const opening = open(opened, values.port, values.index)
    opening.catch(() => undefined)
    const ended = await Promise.race([interrupted, opening.then(() => interrupted)])
    process.exitCode = ended
  } finally {
    await opened.close(() => undefined)
    // What was under way when it was told to end is not waited for.
    setTimeout(() => process.exit(), 500).unref()
  }
}

async function open(opened: Opened, wished: string, hasIndex: boolean): Promise<void> {
  const port = await freePortIn(wished)
  const say = (line: string) => console.error(styleText("dim", line))
  say("building the pages")
  const pages = opened.add("pages", buildPages(), (it) => it.remove())
  say("playing a history on a local chain")
  const history = opened.add("chain", await playHistory(), ({ stage }) => stage.close())
  const { url: rpc, registry } = history.stage.chain
  say(`a chain at ${rpc}, the registry at ${registry}`)
  const index = hasIndex ? await openIndex(opened, history) : undefined
  if (index) say(`an index at ${index}`)
  const site = await serveHistory(history, pages.folder, { port, ...(index ? { index } : {}) })
  opened.add("site", site, (it) => it.close())
  const beating = setInterval(() => void history.stage.chain.mine().catch(() => undefined), BEAT)
  opened.add("beat", beating, (it) => Promise.resolve(clearInterval(it)))
  for (const line of linesOf(site, history)) console.log(line)
}

async function openIndex(opened: Opened, { stage: { chain } }: History): Promise<string> {
  const { url: rpc, registry } = chain
  const { block } = await chain.now()
  const folder = mkdtempSync(join(tmpdir(), "onus-index-"))
  opened.add("folder", folder, (path) => Promise.resolve(rmSync(path, { recursive: true, force: true })))
  const index = new IndexProcess({ rpc, registry, port: await freePort(), folder })
  opened.add("index", index, (it) => it.stop())
  await index.reach(block)
  return index.url
}

function linesOf({ url }: ServedSite, { providers, receipts, stage }: History): readonly string[] {
  const page = (name: string, path: string) => `  ${name.padEnd(34)} ${url}${path}`
  const id = (name: keyof History["receipts"]) => receipts[name].entry.signed.receiptId
  return [
    styleText("bold", `The explorer is at ${url}`),
    page("an honest provider", `/providers/${providers.ada.address.toLowerCase()}`),
    page("one that lied", `/providers/${providers.bob.address.toLowerCase()}`),
    page("an answer that can be challenged", `/receipts/${id("direct")}`),
    page("a wrong answer", `/receipts/${id("wrong")}`),
    page("a dispute that is open", `/disputes/${id("open")}`),
    page("the model", `/models/${stage.program.modelId}`),
    styleText("dim", "Ctrl-C ends it"),
  ]
}

main().catch((error: unknown) => {
  const { message, hint } = isOnusError(error) ? error : { message: String(error), hint: undefined }
  console.error(message)
  if (hint) console.error(hint)
  process.exitCode = 1
})
