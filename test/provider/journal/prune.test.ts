import { expect } from "chai"
import type { Claim, Journal } from "../../../src/provider/journal.ts"
import { openJournal } from "../../../src/provider/journal/open.ts"
import { prune } from "../../../src/provider/journal/prune.ts"
import type { Database } from "../../../src/store/database.ts"
import { expectError } from "../../sdk/expect-error.ts"
import { REGISTRY } from "../../sdk/samples.ts"
import { describeBackends } from "../../store/backends.ts"
import { MODEL, WINDOW, batchOf, claimOf, signAll, signedFor, word } from "./samples.ts"

describeBackends("claims that nothing needs any more", (backend) => {
  let database: Database
  let journal: Journal
  beforeEach(async () => {
    database = await backend.open()
    journal = await openJournal(database, REGISTRY)
  })

  /** The journal as another process sees it. */
  const another = async (replica: string) => openJournal(await backend.open(), REGISTRY, { replica })

  const AGED = 10_000
  const nobody = () => Promise.resolve(false)
  const rowsOf = async (table: string) =>
    Number((await database.query(`SELECT count(*) AS count FROM ${table}`))[0].count)

  /** Signs claims and puts them into a batch. */
  async function anchored(claims: readonly Claim[]) {
    await signAll(journal, claims)
    const entries = await journal.waitingEntries(MODEL, WINDOW, 10_000)
    const made = batchOf(entries)
    await journal.assign(
      made,
      entries.map((entry) => entry.request),
    )
    await journal.anchored(made.batchId, { block: 50, blockHash: word(50), time: 5050 })
    return made
  }

  async function done(claims: readonly Claim[]) {
    const made = await anchored(claims)
    await journal.released(made.batchId)
    return made
  }

  it("are deleted with their inputs and trees, slice by slice, and their batches stay", async () => {
    const claims = Array.from({ length: 600 }, (_, n) => claimOf(n, { issuedAt: 1000n, anchorBy: 2000n }))
    const { batchId } = await done(claims)
    expect(await journal.prune(1000, nobody)).to.equal(0)
    expect(await rowsOf("claims")).to.equal(600)
    expect(await journal.prune(1001, nobody)).to.equal(600)
    for (const table of ["claims", "inputs", "trees"]) expect(await rowsOf(table)).to.equal(0)
    expect((await journal.batch(batchId))?.state).to.equal("released")
    const { receiptId } = signedFor(claims[0])
    expect(await journal.byReceipt(receiptId)).to.equal(undefined)
    await expectError("ReceiptUnknown", () => journal.inputsOf(receiptId))
    await expectError("BatchUnknown", () => journal.treeOf(batchId))
    expect(await journal.counts()).to.include({ claims: 0, released: 0 })
    expect([await journal.prune(AGED, nobody), await journal.drop(AGED)]).to.deep.equal([0, 0])
  })

  it("are refused when they are asked again, whatever else is asked: what was anchored convicts for ever", async () => {
    await done([claimOf(1)])
    await journal.prune(AGED, nobody)
    const later = { issuedAt: 90_000n, anchorBy: 91_000n }
    for (const again of [claimOf(1), claimOf(1, later), claimOf(1, { ...later, modelId: word(7) })])
      for (const one of [journal, await another("b")]) {
        const { message } = await expectError("RequestIdReused", () => one.claim(again))
        expect(message).to.contain(word(1)).and.to.contain("not kept")
      }
    for (const table of ["claims", "inputs"]) expect(await rowsOf(table)).to.equal(0)
    expect(await journal.promised(0)).to.equal(0n)
    expect((await journal.claim(claimOf(2))).isNew).to.equal(true)
  })

  it("are refused also when they are asked again at the moment at which they are deleted", async () => {
    const claims = Array.from({ length: 300 }, (_, n) => claimOf(n))
    await done(claims)
    const other = await another("b")
    const asked = Promise.all(
      claims.map(async (claim) => {
        try {
          return (await other.claim(claimOf(0, { ...claim.terms, issuedAt: 90_000n }))).isNew
        } catch (error) {
          return (error as Error).message.includes("not kept") ? false : error
        }
      }),
    )
    const pruned = journal.prune(AGED, nobody)
    expect(new Set(await asked)).to.deep.equal(new Set([false]))
    expect(await pruned).to.equal(300)
    expect(await rowsOf("claims")).to.equal(0)
  })

  it("stay while their batch is needed or not released, or they are in none", async () => {
    const { batchId } = await done([claimOf(1)])
    const asked: string[] = []
    const isNeeded = (id: string) => Promise.resolve(asked.push(id) > 0)
    expect(await journal.prune(AGED, isNeeded)).to.equal(0)
    expect(asked).to.deep.equal([batchId])
    await anchored([claimOf(2)])
    await signAll(journal, [claimOf(3)])
    await journal.claim(claimOf(4))
    expect(await journal.prune(AGED, nobody)).to.equal(1)
    expect(await rowsOf("claims")).to.equal(3)
    expect(await rowsOf("trees")).to.equal(1)
  })

  it("are deleted the rest of them when that was interrupted", async () => {
    await done(Array.from({ length: 300 }, (_, n) => claimOf(n)))
    let slices = 0
    const failing: Database = {
      transact: (statements) => {
        if (++slices === 2) throw new Error("the power was cut")
        return database.transact(statements)
      },
      query: (sql, ...values) => database.query(sql, ...values),
      lock: (...lock) => database.lock(...lock),
      close: () => database.close(),
    }
    const context = { database: failing, registry: REGISTRY, replica: "" }
    await prune(context, AGED, nobody).then(
      () => expect.fail(),
      (error: Error) => expect(error.message).to.contain("power"),
    )
    expect(await rowsOf("claims")).to.equal(44)
    expect(await rowsOf("trees")).to.equal(1)
    expect(await journal.prune(AGED, nobody, AbortSignal.abort())).to.equal(0)
    expect(await journal.prune(AGED, nobody)).to.equal(300)
    for (const n of [0, 299]) await expectError("RequestIdReused", () => journal.claim(claimOf(n)))
  })
})
