import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { OnusError } from "../../../src/protocol/errors.ts"
import type { Database } from "../../../src/store/database.ts"
import { openDatabase } from "../../../src/store/open.ts"
import type { Journal } from "../../../src/provider/journal.ts"
import { openJournal } from "../../../src/provider/journal/open.ts"
import type { Pool } from "../../../src/pool/pool.ts"
import { adoptOrphans } from "../../../src/provider/node/resume.ts"
import { openPool } from "../../../src/pool/open.ts"
import { keptLog } from "../../service/helpers.ts"
import { NOW, REGISTRY, digits, issuerOver, picture, wishes } from "../parts.ts"

describe("receipts over a journal on the disk", () => {
  const program = digits()
  const folder = mkdtempSync(join(tmpdir(), "onus-issue-"))
  let pool: Pool
  let database: Database
  let journal: Journal

  const open = async () => {
    database = await openDatabase(`sqlite:${join(folder, "journal.db")}`)
    journal = await openJournal(database, REGISTRY)
  }
  const question = (id: number) => ({ modelId: program.modelId, inputs: picture(), wishes: wishes(id) })

  before(async () => {
    pool = await openPool([{ program }])
    await open()
  })
  after(async () => {
    await database.close()
    await pool.close()
    rmSync(folder, { recursive: true })
  })

  it("are there after a restart, and are given again", async () => {
    const { issuer } = issuerOver(pool, { journal })
    const { signed } = await issuer.answer(question(1))
    await issuer.close()
    await database.close()
    await open()
    expect((await journal.byReceipt(signed.receiptId))?.signed).to.deep.equal(signed)
    const again = issuerOver(pool, { journal, now: () => NOW + 100n })
    expect((await again.issuer.answer(question(1))).signed).to.deep.equal(signed)
    expect(again.key.signatures).to.equal(0)
    expect(await journal.waiting()).to.have.nested.property("[0].count", 1)
  })

  it("are made of claims that were interrupted, as they would have been", async () => {
    const before = issuerOver(pool, { journal })
    before.key.failure = new OnusError("SignerUnavailable", "it does not answer")
    await before.issuer.answer(question(2)).catch(() => {})
    await before.issuer.close()
    await database.close()
    await open()
    const [entry, ...others] = await journal.interrupted()
    expect(others).to.deep.equal([])
    const { issuer } = issuerOver(pool, { journal, now: () => NOW + 100n })
    const { signed } = await issuer.resume(entry)
    expect(signed.receipt.issuedAt).to.equal(NOW)
    expect(await journal.interrupted()).to.deep.equal([])
    expect((await issuer.answer(question(2))).signed).to.deep.equal(signed)
  })

  it("are made of what a replica had begun that never comes back, and of nothing that a living one is at", async () => {
    const dead = issuerOver(pool, { journal: await openJournal(database, REGISTRY, { replica: "dead" }) })
    dead.key.failure = new OnusError("SignerUnavailable", "it does not answer")
    await dead.issuer.answer(question(4)).catch(() => {})
    await dead.issuer.close()
    const { issuer } = issuerOver(pool, { journal, now: () => NOW + 100n })
    const { log, lines } = keptLog()
    const adopt = (...living: string[]) =>
      adoptOrphans({ journal, issuer, log, living: () => Promise.resolve(living) })
    await adopt("", "dead")
    expect(await journal.orphans([""])).to.have.length(1)
    await adopt("")
    expect(await journal.orphans([""])).to.deep.equal([])
    expect(lines.join("")).to.include("is finished")
    expect((await issuer.answer(question(4))).signed.receipt.issuedAt).to.equal(NOW)
  })

  it("are one for one request, whoever of two asks", async () => {
    const [one, two] = [issuerOver(pool, { journal }), issuerOver(pool, { journal, now: () => NOW + 1n })]
    const [first, second] = await Promise.all([
      one.issuer.answer(question(3)),
      two.issuer.answer(question(3)),
    ])
    await Promise.all([one.issuer.settled(), two.issuer.settled()])
    expect(second.signed.receiptId).to.equal(first.signed.receiptId)
    expect(one.cover.left + two.cover.left).to.equal(1990n)
  })
})
