import { readFileSync } from "node:fs"
import { type Browser, type BrowserContextOptions, type Page, chromium } from "playwright-core"
import { type BuiltPages, buildPages } from "../../scripts/explorer/build.ts"
import { type History, playHistory } from "../../scripts/explorer/history.ts"
import type { ServedSite } from "../../scripts/explorer/serve.ts"
import { serveHistory } from "../../scripts/explorer/site.ts"
import { findChromium } from "../../scripts/identity/chromium.ts"

const AXE = readFileSync("web/node_modules/axe-core/axe.min.js", "utf8")

/** Milliseconds in which a page must show what is waited for. */
const PATIENCE = 15_000

/** A page, and what went wrong in it. */
export interface Visit {
  readonly page: Page
  /** Errors, and requests to anybody but the site. */
  readonly complaints: string[]
  /** Goes to a path of the site, and waits for its heading. */
  readonly go: (path: string) => Promise<void>
}

/** A site over a chain with history, and a browser. */
export class WebStage {
  readonly history: History
  readonly pages: BuiltPages
  readonly site: ServedSite
  readonly #browser: Browser

  private constructor(history: History, pages: BuiltPages, site: ServedSite, browser: Browser) {
    this.history = history
    this.pages = pages
    this.site = site
    this.#browser = browser
  }

  /** @returns undefined where there is no browser. */
  static async open(): Promise<WebStage | undefined> {
    const executablePath = await findChromium()
    if (!executablePath) return undefined
    const pages = buildPages()
    const history = await playHistory()
    const site = await serveHistory(history, pages.folder)
    return new WebStage(history, pages, site, await chromium.launch({ executablePath }))
  }

  async visit(options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await this.#browser.newContext({ locale: "en-US", ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE)
    const complaints: string[] = []
    page.on("pageerror", ({ message }) => complaints.push(message))
    page.on("console", (message) => {
      // A file that the site does not keep is asked for, and is not there.
      if (message.type() === "error" && !message.text().includes("404")) complaints.push(message.text())
    })
    page.on("request", (request) => {
      if (!request.url().startsWith(this.site.url) && !request.url().startsWith("data:"))
        complaints.push(`a request to ${request.url()}`)
    })
    const go = async (path: string) => {
      await page.goto(this.site.url + path)
      await page.waitForSelector("h1")
    }
    return { page, complaints, go }
  }

  async close(): Promise<void> {
    await this.#browser.close()
    await this.site.close()
    await this.history.stage.close()
    this.pages.remove()
  }
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string
    readonly nodes: readonly { readonly html: string }[]
  }[]
}

/** What a reader who does not see or does not use a mouse would stumble over: what axe calls serious or critical. */
export async function barriers(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  await page.evaluate(AXE)
  const wanted = rules ? { runOnly: { type: "rule", values: rules } } : {}
  const { violations } = await page.evaluate<AxeResult>(`axe.run(${JSON.stringify(wanted)})`)
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ html }) => html)
          .join(" ")
          .slice(0, 300)}`,
    )
}
