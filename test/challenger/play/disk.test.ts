import { expect } from "chai"
import { id } from "ethers"
import { openBook } from "../../../src/challenger/book/open.ts"
import { Bonds, bondId } from "../../../src/challenger/play/bonds.ts"
import { CaseFiles } from "../../../src/challenger/play/files.ts"
import { Salts } from "../../../src/challenger/play/salts.ts"
import { openTables } from "../../../src/challenger/play/tables.ts"
import type { Database } from "../../../src/store/database.ts"
import { REGISTRY } from "../../sdk/samples.ts"
import { describeBackends } from "../../store/backends.ts"

const RECEIPT = id("receipt")
const ETHER = 10n ** 18n

describeBackends("what a player has on the disk", (backend) => {
  let database: Database
  beforeEach(async () => {
    database = await backend.open()
    await openBook(database, REGISTRY)
    await openTables(database)
  })

  it("are salts that a restart knows, and that differ between databases and questions", async () => {
    const salts = await Salts.open(database)
    const again = await Salts.open(await backend.open())
    expect(salts.of(RECEIPT, id("question"))).equal(again.of(RECEIPT.toUpperCase(), id("question")))
    expect(salts.of(RECEIPT, id("question"))).match(/^0x[0-9a-f]{64}$/)
    expect(salts.of(RECEIPT, id("question"))).not.equal(salts.of(RECEIPT, id("another")))
    expect(salts.of(RECEIPT, id("question"))).not.equal(salts.of(id("another"), id("question")))
  })

  it("are bonds, one for each question, with the amount that was asked for last", async () => {
    const bonds = new Bonds(database)
    const common = { caseId: "case", receiptId: RECEIPT, intent: "demand", since: 100 }
    const one = { ...common, id: bondId(RECEIPT, id("one")), questionId: id("one") }
    await bonds.note({ ...one, amount: 10n * ETHER })
    await bonds.note({ ...one, amount: 20n * ETHER, since: 500 })
    await bonds.note({ ...common, id: bondId(RECEIPT), amount: 2n ** 100n, since: 200 })
    expect(await bonds.ofCase("case")).deep.equal([
      { ...one, amount: 20n * ETHER, state: "left" },
      { ...common, id: bondId(RECEIPT), amount: 2n ** 100n, since: 200, state: "left" },
    ])
    expect(await bonds.sums()).deep.equal({ left: 20n * ETHER + 2n ** 100n, back: 0n, lost: 0n })
    expect(await bonds.leftSince(101)).equal(2n ** 100n)
    await bonds.mark(one.id, "back")
    await bonds.note({ ...one, amount: 1n })
    await bonds.mark(bondId(RECEIPT), "lost")
    expect(await bonds.sums()).deep.equal({ left: 0n, back: 20n * ETHER, lost: 2n ** 100n })
    await bonds.drop(one.id)
    expect(await bonds.find(one.id)).equal(undefined)
    expect(await bonds.find(bondId(RECEIPT))).include({ state: "lost" })
  })

  it("are files of cases, each once, until the case has ended", async () => {
    const files = new CaseFiles(database)
    const about = `execution:${RECEIPT}`
    await files.keep(about, "inputs", Uint8Array.of(1))
    await files.keep(about, "inputs", Uint8Array.of(1, 2, 3))
    await files.keep(about, "proof", Uint8Array.of(9))
    expect(Uint8Array.from((await files.inputsOf(RECEIPT.toUpperCase().replace("0X", "0x")))!)).deep.equal(
      Uint8Array.of(1, 2, 3),
    )
    await files.forget(about, "proof")
    expect(await files.find(about, "proof")).equal(undefined)
    await files.clear(about)
    expect(await files.inputsOf(RECEIPT)).equal(undefined)
  })
})
