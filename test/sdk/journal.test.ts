import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { FileJournal, type Journal, MemoryJournal } from "../../src/sdk/journal.ts"
import { expectError } from "./expect-error.ts"
import { KEY, PROGRAM, REGISTRY, TERMS, receiptWith } from "./samples.ts"
import { answer } from "../../src/sdk/answer.ts"
import { interpreter } from "../../src/engine/reference/interpreter.ts"

const FIRST = receiptWith()
const OTHER_CONTENT = receiptWith({ coverage: 11n })
const OTHER_REQUEST = receiptWith({ requestId: `0x${"02".repeat(32)}` })

describe("journal", () => {
  let folder: string
  let path: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onus-journal-"))
    path = join(folder, "deep", "journal")
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const behaves = (name: string, make: () => Journal) =>
    describe(name, () => {
      it("takes the same receipt again, and other requests", () => {
        const journal = make()
        for (const receipt of [FIRST, FIRST, OTHER_REQUEST]) journal.claim(REGISTRY, receipt)
      })

      it("refuses other content for a request, whatever the case of the registry's address", async () => {
        const journal = make()
        journal.claim(REGISTRY, FIRST)
        const upper = { ...REGISTRY, address: REGISTRY.address.toUpperCase().replace("0X", "0x") }
        for (const registry of [REGISTRY, upper])
          await expectError("RequestIdReused", () => journal.claim(registry, OTHER_CONTENT))
      })

      it("knows registries and chains apart", () => {
        const journal = make()
        journal.claim(REGISTRY, FIRST)
        journal.claim({ ...REGISTRY, chainId: 1n }, OTHER_CONTENT)
      })
    })

  behaves("in memory", () => new MemoryJournal())
  behaves("in a file", () => new FileJournal(path))

  it("creates nothing before the first claim, then one line per request", () => {
    const journal = new FileJournal(path)
    expect(existsSync(path)).to.equal(false)
    for (const receipt of [FIRST, FIRST, OTHER_REQUEST]) journal.claim(REGISTRY, receipt)
    expect(readFileSync(path, "utf8").split("\n")).to.have.length(3)
  })

  it("remembers over a restart", async () => {
    new FileJournal(path).claim(REGISTRY, FIRST)
    const again = new FileJournal(path)
    again.claim(REGISTRY, FIRST)
    await expectError("RequestIdReused", () => again.claim(REGISTRY, OTHER_CONTENT))
  })

  it("agrees with another process that shares the file", async () => {
    const [one, two] = [new FileJournal(path), new FileJournal(path)]
    one.claim(REGISTRY, FIRST)
    await expectError("RequestIdReused", () => two.claim(REGISTRY, OTHER_CONTENT))
    two.claim(REGISTRY, FIRST)
    new FileJournal(path).claim(REGISTRY, FIRST)
  })

  it("forgets a line that a crash cut off, and writes on after it", async () => {
    new FileJournal(path).claim(REGISTRY, FIRST)
    const whole = readFileSync(path, "utf8")
    appendFileSync(path, "31337:0xaaaa")
    new FileJournal(path).claim(REGISTRY, OTHER_REQUEST)
    expect(readFileSync(path, "utf8").split("\n")).to.have.length(3)
    expect(readFileSync(path, "utf8").startsWith(whole)).to.equal(true)
    await expectError("RequestIdReused", () => new FileJournal(path).claim(REGISTRY, OTHER_CONTENT))
  })

  it("refuses a file that is none, and leaves it as it is", async () => {
    const other = join(folder, "other")
    writeFileSync(other, "something else\n")
    await expectError("JournalMalformed", () => new FileJournal(other))
    expect(readFileSync(other, "utf8")).to.equal("something else\n")
  })

  it("is asked before a signature exists", async () => {
    let signatures = 0
    const key = new Proxy(KEY, {
      get: (wallet, name) => (name === "signTypedData" && signatures++, Reflect.get(wallet, name)) as unknown,
    })
    const journal = new MemoryJournal()
    journal.claim(REGISTRY, receiptWith())
    const inputs = { x: Float32Array.of(1, 2) }
    const sign = () => answer({ registry: REGISTRY, key, journal }, interpreter, PROGRAM, inputs, TERMS)
    await expectError("RequestIdReused", sign)
    expect(signatures).to.equal(0)
  })
})
