import { readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { expect } from "chai"
import { testLive } from "./live.ts"
import { testPages } from "./pages.ts"
import { WebStage } from "./stage.ts"
import { testVerification } from "./verification.ts"
import { testWallet } from "./wallet.ts"

/** What a page may take over the network before it shows something, in bytes. */
const LARGEST = 300_000

describe("the explorer", function () {
  this.timeout(120_000)
  let stage: WebStage | undefined

  before(async function () {
    stage = await WebStage.open()
    if (!stage) this.skip()
  })

  after(() => stage?.close())

  const theStage = () => stage!
  testPages(theStage)
  testVerification(theStage)
  testWallet(theStage)
  testLive(theStage)

  it("is at most 300 kB, compressed, before it shows something", () => {
    const { folder } = stage!.pages
    const page = readFileSync(join(folder, "index.html"))
    const named = [...page.toString().matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, name]) => name)
    expect(named).to.have.length.at.least(2)
    const sizes = [page, ...named.map((name) => readFileSync(join(folder, name)))].map(
      (bytes) => gzipSync(bytes).length,
    )
    expect(sizes.reduce((sum, size) => sum + size)).to.be.at.most(LARGEST)
  })

  it("holds no code of contracts, and names no other host", async () => {
    const folder = join(stage!.pages.folder, "assets")
    for (const name of readdirSync(folder).filter((name) => name.endsWith(".js"))) {
      const text = readFileSync(join(folder, name), "utf8")
      expect(/0x60[0-9a-f]{2000}/.test(text), name).to.equal(false)
    }
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(
      readFileSync(join(stage!.pages.folder, "index.html"), "utf8"),
    )?.[1]
    const policyOf = async (path: string) =>
      (await fetch(stage!.site.url + path)).headers.get("content-security-policy")
    expect(await policyOf("/")).to.equal("frame-ancestors 'none'")
    const worker = readdirSync(folder).find((name) => /^worker-.*\.js$/.test(name))
    expect(await policyOf(`/assets/${worker}`)).to.include("default-src 'none'")
    expect(policy).to.include("default-src 'none'").and.include("connect-src 'self';").and.not.include("http")
  })
})
