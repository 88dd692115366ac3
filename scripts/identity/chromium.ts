import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import npmChromium from "@sparticuz/chromium"
import { type Browser, chromium } from "playwright-core"
import { bundle } from "./bundle.ts"
import type { Identities, IdentityOptions } from "./identities.ts"
import { PLAIN, serve } from "./serve.ts"

const SYSTEM = ["/usr/bin/chromium", "/usr/bin/google-chrome"]

/** The browser that `ONUS_CHROMIUM` names, that of an npm package, or an installed one; `undefined` if there is none. */
export async function findChromium(): Promise<string | undefined> {
  const { ONUS_CHROMIUM } = process.env
  if (ONUS_CHROMIUM) return ONUS_CHROMIUM
  if (process.platform === "linux" && process.arch === "x64") {
    const path = await npmChromium.executablePath().catch(() => undefined)
    if (path) return path
  }
  return SYSTEM.find((path) => existsSync(path))
}

/** A browser with the cases in a page. */
export class IdentityBrowser {
  readonly #browser: Browser
  readonly #address: string
  readonly #end: () => void

  private constructor(browser: Browser, address: string, end: () => void) {
    this.#browser = browser
    this.#address = address
    this.#end = end
  }

  static async open(executablePath: string): Promise<IdentityBrowser> {
    const folder = mkdtempSync(join(tmpdir(), "onus-page-"))
    const module = await bundle(new URL("./page.ts", import.meta.url), folder, "browser")
    const { server, address } = await serve(folder, module)
    const browser = await chromium.launch({ executablePath })
    return new IdentityBrowser(browser, address, () => {
      server.close()
      rmSync(folder, { recursive: true })
    })
  }

  get version(): string {
    return this.#browser.version()
  }

  /** Runs all cases in a new page, where threads can share memory or not. */
  async run(options: IdentityOptions, isShared = true): Promise<Identities> {
    const page = await this.#browser.newPage()
    await page.goto(this.#address + (isShared ? "" : PLAIN))
    if ((await page.evaluate("crossOriginIsolated")) !== isShared)
      throw new Error(`The page ${isShared ? "cannot" : "can"} share memory`)
    await page.waitForFunction("globalThis.identities")
    const identities = await page.evaluate(`identities(${JSON.stringify(options)})`)
    await page.close()
    return identities as Identities
  }

  async close(): Promise<void> {
    await this.#browser.close()
    this.#end()
  }
}
