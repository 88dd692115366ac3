import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { text } from "node:stream/consumers"
import { expect } from "chai"
import { toJson } from "../../src/protocol/json.ts"
import { receiptId } from "../../src/protocol/receipt.ts"
import { FileJournal, type Journal, MemoryJournal } from "../../src/sdk/journal.ts"
import { expectError } from "./expect-error.ts"
import { KEY, PROGRAM, REGISTRY, TERMS, receiptWith } from "./samples.ts"
import { answer } from "../../src/sdk/answer.ts"
import { interpreter } from "../../src/engine/reference/interpreter.ts"
import { COMPILED, SOURCES } from "../helpers/sources.ts"

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

  /** What is in the file, read by other means. */
  const claims = () => {
    const database = new DatabaseSync(path, { readOnly: true })
    const rows = database.prepare("SELECT receipt_id AS id, receipt FROM claims ORDER BY rowid").all()
    database.close()
    return rows as { id: string; receipt: string }[]
  }

  it("creates nothing before the first claim, then keeps one receipt per request", () => {
    const journal = new FileJournal(path)
    expect(existsSync(path)).to.equal(false)
    for (const receipt of [FIRST, FIRST, OTHER_REQUEST]) journal.claim(REGISTRY, receipt)
    expect(claims()).to.deep.equal(
      [FIRST, OTHER_REQUEST].map((receipt) => ({
        id: receiptId(REGISTRY, receipt),
        receipt: toJson(receipt),
      })),
    )
  })

  it("remembers over a restart", async () => {
    new FileJournal(path).claim(REGISTRY, FIRST)
    const again = new FileJournal(path)
    again.claim(REGISTRY, FIRST)
    await expectError("RequestIdReused", () => again.claim(REGISTRY, OTHER_CONTENT))
  })

  it("lets exactly one of two processes claim each request", async () => {
    const count = 25
    const racers = [10, 11].map((coverage) => {
      const script = join(import.meta.dirname, "journal-racer.ts")
      const args = [...SOURCES, script, path, String(coverage), String(count)]
      return spawn(process.execPath, args, {
        env: { ...process.env, ...COMPILED },
        stdio: ["pipe", "pipe", "inherit"],
      })
    })
    await Promise.all(racers.map(({ stdout }) => new Promise((resolve) => stdout.once("readable", resolve))))
    for (const { stdin } of racers) stdin.write("go\n")
    const printed = await Promise.all(racers.map(({ stdout }) => text(stdout)))
    const [one, two] = printed.map((lines) => JSON.parse(lines.replace(/^ready\n/, "")) as string[])
    expect(one).to.have.length(count)
    for (let n = 0; n < count; n++)
      expect([one[n], two[n]].sort()).to.deep.equal(["RequestIdReused", "claimed"])
    expect(claims()).to.have.length(count)
  })

  it("claims nothing while it cannot write, and goes on afterwards", async () => {
    const journal = new FileJournal(path, { timeout: 20 })
    journal.claim(REGISTRY, FIRST)
    const before = readFileSync(path)
    const other = new DatabaseSync(path)
    other.exec("BEGIN EXCLUSIVE")
    const { hint } = await expectError("JournalNotWritten", () => journal.claim(REGISTRY, OTHER_REQUEST))
    expect(hint).to.contain("try again")
    other.close()
    expect(readFileSync(path)).to.deep.equal(before)
    journal.claim(REGISTRY, OTHER_REQUEST)
    await expectError("RequestIdReused", () => journal.claim(REGISTRY, OTHER_CONTENT))
    const inFile = new FileJournal(join(path, "journal"))
    await expectError("JournalNotWritten", () => inFile.claim(REGISTRY, FIRST))
  })

  it("refuses a file that is none, and leaves it as it is", async () => {
    const other = join(folder, "other")
    const refuse = async () => {
      const before = readFileSync(other)
      const { message, hint } = await expectError("JournalMalformed", () => new FileJournal(other))
      expect(message).to.contain(other)
      expect(hint).to.contain("copy")
      expect(readFileSync(other)).to.deep.equal(before)
    }
    for (const garbage of ["x", "something else\n", "garbage".repeat(1000)]) {
      writeFileSync(other, garbage)
      await refuse()
    }
    rmSync(other)
    const database = new DatabaseSync(other)
    database.exec("CREATE TABLE claims (something)")
    database.close()
    await refuse()
    new FileJournal(path).claim(REGISTRY, FIRST)
    truncateSync(path, readFileSync(path).length / 2)
    await expectError("JournalMalformed", () => new FileJournal(path).claim(REGISTRY, FIRST))
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
