// Pictures of the explorer's pages for the documentation: `npm run screenshots`.
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { type Browser, chromium } from "playwright-core"
import { OnusError } from "../src/protocol/errors.ts"
import { ROOT } from "../src/tour/chain/hardhat.ts"
import { buildPages } from "./explorer/build.ts"
import { type History, playHistory } from "./explorer/history.ts"
import { serveHistory } from "./explorer/site.ts"
import { findChromium } from "./identity/chromium.ts"

const FOLDER = join(ROOT, "docs", "screenshots")
const WIDE = { width: 1200, height: 900 }
const PHONE = { width: 360, height: 740 }

interface Shot {
  readonly name: string
  readonly path: string
  /** What stands on the page when it is complete. */
  readonly words: string
  readonly theme?: "dark"
  readonly isPhone?: boolean
  /** So much of it is shown, in pixels from its top. */
  readonly height: number
}

function shotsOf({ providers, receipts, stage }: History): readonly Shot[] {
  const id = (name: keyof History["receipts"]) => receipts[name].entry.signed.receiptId
  const ada = `/providers/${providers.ada.address.toLowerCase()}`
  const wrong = { path: `/disputes/${id("wrong")}`, words: "Every number" }
  return [
    { name: "providers", path: "/", words: "6 providers", height: 900 },
    { name: "provider", path: ada, words: "Event log", height: 1500 },
    { name: "receipt", path: `/receipts/${id("direct")}`, words: "Every number", height: 1500 },
    { name: "dispute", ...wrong, height: 1300 },
    { name: "dispute-dark", ...wrong, theme: "dark", height: 1300 },
    { name: "model", path: `/models/${stage.program.modelId}`, words: "dot product", height: 1300 },
    {
      name: "receipt-phone",
      path: `/receipts/${id("direct")}`,
      words: "Every number",
      isPhone: true,
      height: 1400,
    },
  ]
}

async function take(browser: Browser, site: string, shot: Shot): Promise<void> {
  const { name, path, words, theme = "light", isPhone, height } = shot
  const viewport = isPhone ? PHONE : WIDE
  const context = await browser.newContext({
    locale: "en-US",
    colorScheme: theme,
    viewport,
    deviceScaleFactor: 1,
  })
  const page = await context.newPage()
  await page.goto(site + path)
  await page.getByText(words).first().waitFor()
  await page.waitForLoadState("networkidle")
  const whole = await page.evaluate(() => document.documentElement.scrollHeight)
  const clip = { x: 0, y: 0, width: viewport.width, height: Math.min(height, whole) }
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true, clip })
  await context.close()
  console.log(`docs/screenshots/${name}.png`)
}

const executablePath = await findChromium()
if (!executablePath)
  throw new OnusError("BrowserMissing", "There is no Chromium here", { hint: "Name one with ONUS_CHROMIUM" })
mkdirSync(FOLDER, { recursive: true })
const pages = buildPages()
const history = await playHistory()
const site = await serveHistory(history, pages.folder)
const browser = await chromium.launch({ executablePath })
try {
  for (const shot of shotsOf(history)) await take(browser, site.url, shot)
} finally {
  await browser.close()
  await site.close()
  await history.stage.close()
  pages.remove()
}
