import { copyFileSync } from "node:fs"
import { type Server, createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { basename, join } from "node:path"
import { gzipSync } from "node:zlib"
import { expect } from "chai"
import { build } from "esbuild"
import { type Browser, type Page, chromium } from "playwright-core"
import { findChromium } from "../../scripts/identity/chromium.ts"
import { toJson } from "../../src/protocol/json.ts"
import { receiptId } from "../../src/protocol/receipt.ts"
import { type Bundle, bundleOf, encodeBundle } from "../../src/sdk/bundle.ts"
import { RUN } from "../challenger/stage.ts"
import { MODEL_FILE } from "../sdk/samples.ts"
import { type History, makeHistory } from "../facts/happened.ts"
import { application } from "./installed.ts"
import type { About } from "./page.ts"

const PAGE = ["page", "again"].reduce(
  (html, name) => `${html}<script type="module" src="/${name}.js"></script>`,
  "<!doctype html>",
)

/** Bytes of everything for an application with all entries, as servers send it. */
const MOST_BYTES = 260_000

describe("the package in a browser", () => {
  let folder: string
  /** By the names of their modules. */
  let scripts: Map<string, Uint8Array>

  before(async () => {
    folder = application()
    for (const name of ["page.ts", "trial.ts", "again.ts"])
      copyFileSync(join(import.meta.dirname, name), join(folder, name))
    // What is left of Node in it would not be found.
    const { outputFiles } = await build({
      entryPoints: ["page", "again"].map((name) => join(folder, `${name}.ts`)),
      outdir: folder,
      bundle: true,
      minify: true,
      format: "esm",
      platform: "browser",
      target: "es2024",
      define: { "process.env.NODE_ENV": '"production"' },
      write: false,
      logLevel: "error",
    })
    scripts = new Map(outputFiles.map(({ path, contents }) => [`/${basename(path)}`, contents]))
  })

  it("is small", () => {
    const { length } = gzipSync(scripts.get("/page.js")!)
    console.log(`      ${length} bytes with React and ethers, compressed`)
    expect(length).to.be.below(MOST_BYTES)
  })

  it("keeps what is not used out of bundles", async () => {
    const { outputFiles } = await build({
      stdin: { contents: 'export { receiptState, everyItem } from "onus/facts"', resolveDir: folder },
      bundle: true,
      minify: true,
      format: "esm",
      platform: "browser",
      write: false,
    })
    expect(outputFiles[0].contents.length).to.be.below(5_000)
  })

  describe("on a chain where things happened", () => {
    let history: History
    let browser: Browser
    let server: Server
    let page: Page
    const text = async (id: string, expected: RegExp): Promise<string> => {
      const element = page.locator(`#${id}`).filter({ hasText: expected })
      return (await element.textContent({ timeout: 20_000 })) ?? ""
    }

    before(async function () {
      const executablePath = await findChromium()
      if (!executablePath) this.skip()
      history = await makeHistory()
      server = createServer(({ url = "" }, response) => {
        const script = scripts.get(url)
        response.setHeader("content-type", script ? "text/javascript" : "text/html")
        response.end(script ?? PAGE)
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      browser = await chromium.launch({ executablePath })
      page = await browser.newPage()
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      await page.waitForFunction("globalThis.trial && globalThis.again")
    })

    after(async () => {
      await browser?.close()
      server?.close()
      await history?.close()
    })

    it("verifies a signature, and renders what happened", async () => {
      const { url, registry, policies, honest, liar, disputed } = history
      const { receipt, signature, registry: of } = disputed.signed
      const about = {
        rpc: url,
        registry,
        policies,
        providers: [honest, liar],
        signed: { receipt, signature },
        dispute: receiptId(of, receipt),
      } satisfies About
      expect(await page.evaluate(`open(${toJson(about)})`)).to.equal(honest)
      expect(await text("status", /./)).to.match(/^chain \d+$/)
      expect(await text("list", /0x/)).to.equal(`${honest} ${liar}`.toLowerCase())
      expect(await text("one", /0x/)).to.match(/^0x\w+ 0\.\d\d, uncertainty 0\.\d\d \(/)
      expect(await text("compared", /score/)).to.contain("lossRatio")
      expect(await text("model", /0x/)).to.contain(honest.toLowerCase())
      expect(await text("receipt", /./)).to.equal("disputed")
      expect(await text("dispute", /./)).to.equal("provider")
      expect(await text("check", /./)).to.equal("The answer was disputed, and can be challenged still")
      expect(await text("wrong", /./)).to.contain("is not an address")
    })

    it("asks again when what is asked for changes, and when time passes", async () => {
      await page.getByRole("button").click()
      expect(await text("one", new RegExp(history.liar.slice(2), "i"))).to.contain("lost 100 %")
      await history.stage.mine(2)
      const head = await history.stage.rpc.getBlockNumber()
      expect(await text("status", new RegExp(`${head}$`))).to.equal(`chain ${head}`)
    })

    it("runs an answer again, and refuses a file that was changed", async () => {
      const { signed, inclusion } = history.final
      const bundle = bundleOf(signed, RUN, inclusion)
      const changed = {
        ...bundle,
        tensors: { ...bundle.tensors, output: bundle.tensors.output.map(() => 7) },
      }
      const again = (of: Bundle) => {
        const given = [[...MODEL_FILE], encodeBundle(of)]
        return page.evaluate(`again(...${JSON.stringify(given)})`)
      }
      expect(await again(bundle)).to.equal("match")
      expect(await again(changed)).to.equal("CommitmentMismatch")
    })

    it("shows the answer to the latest question only, and keeps it while the next attempt fails", async () => {
      const seen = await page.evaluate<[step: string, shown: string, expected: string][]>("trial()")
      expect(seen).to.have.length(13)
      for (const [step, shown, expected] of seen) expect(shown, step).to.equal(expected)
    })
  })
})
