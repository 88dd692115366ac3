import { expect } from "chai"
import { requestKey } from "../../../src/protocol/receipt.ts"
import type { Journal } from "../../../src/provider/journal.ts"
import { openJournal } from "../../../src/provider/journal/open.ts"
import { STEPS } from "../../../src/provider/journal/schema.ts"
import type { Database } from "../../../src/store/database.ts"
import { expectError } from "../../sdk/expect-error.ts"
import { REGISTRY } from "../../sdk/samples.ts"
import { describeBackends } from "../../store/backends.ts"
import { MODEL, WINDOW, batchOf, claimOf, signAll, signedFor, word } from "./samples.ts"

describeBackends("journal of a provider", (backend) => {
  let database: Database
  let journal: Journal
  beforeEach(async () => {
    database = await backend.open()
    journal = await openJournal(database, REGISTRY)
  })

  /** The journal as another process, or a later one, sees it. */
  const another = async (replica = "") => openJournal(await backend.open(), REGISTRY, { replica })
  const request = (n: number) => requestKey(claimOf(n).terms)

  describe("claims", () => {
    it("a request once, whoever asks first, and gives everybody else the same", async () => {
      const first = claimOf(1, {}, { trace: "eager", sealedFor: Uint8Array.of(9, 8) })
      const { entry, isNew } = await journal.claim(first)
      expect(isNew).to.equal(true)
      expect(entry).to.deep.equal({ ...first, request: request(1) })
      const later = { ...first, terms: { ...first.terms, issuedAt: 5000n, anchorBy: 6000n } }
      expect(await journal.claim(later)).to.deep.equal({ entry, isNew: false })
      expect(await (await another()).claim(later)).to.deep.equal({ entry, isNew: false })
      expect(await journal.byRequest(request(1))).to.deep.equal(entry)
      expect(await journal.byRequest(request(2))).to.equal(undefined)
    })

    it("refuse a request that asks for anything else", async () => {
      await journal.claim(claimOf(1))
      const others = [
        claimOf(1, { modelId: word(7) }),
        claimOf(1, { inputCommitment: word(7) }),
        claimOf(1, { coverage: 11n }),
        claimOf(1, { challengeWindow: 601n }),
        claimOf(1, { termsHash: word(7) }),
        claimOf(1, {}, { trace: "eager" }),
        claimOf(1, {}, { sealedFor: new Uint8Array() }),
      ]
      for (const other of others) {
        const { message } = await expectError("RequestIdReused", () => journal.claim(other))
        expect(message).to.contain(word(1))
      }
      await journal.keep(request(1), signedFor(claimOf(1)))
      for (const other of others) await expectError("RequestIdReused", () => journal.claim(other))
      expect((await journal.byRequest(request(1)))?.inputs).to.deep.equal(claimOf(1).inputs)
    })

    it("of two processes at once are one: the other gets it, or is refused", async () => {
      const other = await another("b")
      const all = await Promise.all(
        Array.from({ length: 60 }, async (_, i) => {
          const n = i >> 1
          // Of every third request the two want different things.
          const wanted = claimOf(n, { coverage: n % 3 === 0 ? BigInt(i) : 10n, issuedAt: BigInt(i) })
          return (i & 1 ? journal : other).claim(wanted).then(
            ({ entry, isNew }) => ({ issuedAt: entry.terms.issuedAt, isNew, code: "" }),
            (error: { code: string }) => ({ issuedAt: -1n, isNew: false, code: error.code }),
          )
        }),
      )
      for (let n = 0; n < 30; n++) {
        const [one, two] = all.slice(2 * n, 2 * n + 2).sort((a, b) => Number(b.isNew) - Number(a.isNew))
        expect([one.isNew, two.isNew], `${n}`).to.deep.equal([true, false])
        if (n % 3 === 0) expect(two.code).to.equal("RequestIdReused")
        else expect(two.issuedAt).to.equal(one.issuedAt)
      }
      expect((await journal.counts()).claims).to.equal(30)
    })

    it("keep amounts and inputs of any size", async () => {
      const inputs = new Uint8Array(3_000_000).map((_, i) => i % 251)
      const claim = claimOf(1, { coverage: 2n ** 128n - 1n }, { inputs })
      await journal.claim(claim)
      await journal.claim(claimOf(2, {}, { inputs: new Uint8Array() }))
      const reopened = await another()
      const entry = await reopened.byRequest(request(1))
      expect(entry?.terms).to.deep.equal(claim.terms)
      expect(Buffer.from(inputs).equals(entry!.inputs)).to.equal(true)
      expect((await reopened.byRequest(request(2)))?.inputs).to.have.length(0)
      expect(await reopened.promised(0)).to.equal(2n ** 128n + 9n)
    })

    it("of times that no clock shows are refused", async () => {
      const absurd = claimOf(1, { anchorBy: 2n ** 60n })
      await expectError("ReceiptMalformed", () => journal.claim(absurd))
    })
  })

  describe("receipts", () => {
    it("are kept with their claim, and found by their id after a restart", async () => {
      const claim = claimOf(1)
      const signed = signedFor(claim)
      await journal.claim(claim)
      expect(await journal.byReceipt(signed.receiptId)).to.equal(undefined)
      await journal.keep(request(1), signed)
      await journal.keep(request(1), signed)
      await database.close()
      const later = await another()
      const entry = { ...claim, request: request(1), signed }
      expect(await later.byReceipt(signed.receiptId)).to.deep.equal(entry)
      expect(await later.claim(claim)).to.deep.equal({ entry, isNew: false })
      expect(await later.inputsOf(signed.receiptId)).to.deep.equal(claim.inputs)
      await expectError("ReceiptUnknown", () => later.inputsOf(word(1)))
    })

    it("that do not follow from their claim are not kept", async () => {
      const claim = claimOf(1)
      const wrong = (terms: Partial<typeof claim.terms>) => () =>
        journal.keep(request(1), signedFor(claimOf(1, terms)))
      await expectError("ReceiptUnclaimed", wrong({}))
      await journal.claim(claim)
      await expectError("ReceiptUnclaimed", wrong({ coverage: 11n }))
      await expectError("ReceiptUnclaimed", wrong({ issuedAt: 1n }))
      await expectError("ReceiptUnclaimed", wrong({ anchorBy: 1n }))
      await journal.keep(request(1), signedFor(claim))
      const { receiptId, ...signed } = signedFor(claim)
      const second = { ...signed, receiptId: word(77) }
      const { message } = await expectError("ReceiptUnclaimed", () => journal.keep(request(1), second))
      expect(message).to.contain(receiptId)
    })

    it("that are damaged on the disk are named, and get into no batch", async () => {
      await signAll(journal, [claimOf(1), claimOf(2)])
      const { receiptId } = signedFor(claimOf(2))
      await database.transact([
        { sql: "UPDATE claims SET coverage = '11' WHERE receipt_id = ?", values: [receiptId] },
      ])
      for (const read of [
        () => journal.byReceipt(receiptId),
        () => journal.waitingEntries(MODEL, WINDOW, 10),
        () => journal.claim(claimOf(2)),
      ])
        expect((await expectError("DatabaseMalformed", read)).message).to.contain(receiptId)
      const changed = {
        sql: "UPDATE claims SET issued_at = -1, coverage = 'x' WHERE request = ?",
        values: [request(2)],
      }
      await database.transact([changed])
      await expectError("DatabaseMalformed", () => journal.byReceipt(receiptId))
    })
  })

  describe("what a crash interrupts", () => {
    it("is given back, oldest first, with its inputs, to the replica that claimed it", async () => {
      await journal.claim(claimOf(3))
      await signAll(journal, [claimOf(1)])
      await journal.claim(claimOf(2))
      await (await another("b")).claim(claimOf(4))
      await database.close()
      const later = await another()
      const entries = [3, 2].map((n) => ({ ...claimOf(n), request: request(n) }))
      expect(await later.interrupted()).to.deep.equal(entries)
      expect(await (await another("b")).interrupted()).to.have.length(1)
      expect((await later.orphans(["", "c"])).map(({ request }) => request)).to.have.length(1)
      expect(await later.orphans(["b", "c"])).to.deep.equal(entries)
      expect(await later.orphans(["", "b"])).to.deep.equal([])
      for (const { request: of } of entries) {
        const entry = await later.byRequest(of)
        await later.keep(of, signedFor(entry!))
      }
      expect(await later.interrupted()).to.deep.equal([])
    })

    it("is free again when it was given up, but never once it is signed", async () => {
      await journal.claim(claimOf(1))
      await (await another("b")).abandon(request(1))
      expect(await journal.byRequest(request(1))).to.not.equal(undefined)
      await journal.abandon(request(1))
      expect(await journal.byRequest(request(1))).to.equal(undefined)
      const other = claimOf(1, { coverage: 5n }, { inputs: Uint8Array.of(77) })
      expect((await journal.claim(other)).isNew).to.equal(true)
      await journal.keep(request(1), signedFor(other))
      await journal.abandon(request(1))
      const entry = await journal.byRequest(request(1))
      expect(entry?.signed?.receipt.coverage).to.equal(5n)
      expect(entry?.inputs).to.deep.equal(Uint8Array.of(77))
    })
  })

  describe("what waits to be anchored", () => {
    it("is summed by model and window", async () => {
      const other = { modelId: word(0xdef), challengeWindow: 700n, coverage: 2n ** 100n }
      await signAll(journal, [claimOf(5), claimOf(3, { coverage: 20n }), claimOf(4), claimOf(9, other)])
      await journal.claim(claimOf(1))
      const found = [...(await journal.waiting())].sort((a, b) => b.count - a.count)
      expect(found).to.deep.equal([
        { modelId: MODEL, window: WINDOW, count: 3, coverage: 40n, issuedAt: 1003n, anchorBy: 2003n },
        {
          modelId: word(0xdef),
          window: 700n,
          count: 1,
          coverage: 2n ** 100n,
          issuedAt: 1009n,
          anchorBy: 2009n,
        },
      ])
    })

    it("is listed by what must be anchored first", async () => {
      const claims = [5, 2, 8, 1].map((n) => claimOf(n))
      await signAll(journal, [...claims, claimOf(3, { challengeWindow: 601n })])
      const entries = await journal.waitingEntries(MODEL, WINDOW, 3)
      const expected = [1, 2, 5].map((n) => {
        const { receipt, receiptId } = signedFor(claimOf(n))
        return { request: request(n), receiptId, receipt }
      })
      expect(entries).to.deep.equal(expected)
      expect(await journal.waitingEntries(word(1), WINDOW, 3)).to.deep.equal([])
    })
  })

  describe("batches", () => {
    const AT = { block: 50, blockHash: word(50), time: 5050 }

    /** Signs some receipts and puts them into a batch. */
    async function assigned(numbers: readonly number[]) {
      await signAll(
        journal,
        numbers.map((n) => claimOf(n)),
      )
      const entries = await journal.waitingEntries(MODEL, WINDOW, numbers.length)
      const made = batchOf(entries)
      await journal.assign(
        made,
        entries.map((entry) => entry.request),
      )
      return { ...made, entries }
    }
    const counted = async () => {
      const { interrupted, waiting, assigned, anchored, released } = await journal.counts()
      return [interrupted, waiting, assigned, anchored, released]
    }

    it("hold exactly their receipts, each at its place", async () => {
      const numbers = Array.from({ length: 600 }, (_, i) => i)
      const { batchId, batch, tree, entries } = await assigned(numbers)
      expect(await journal.waiting()).to.deep.equal([])
      const record = { batchId, batch, state: "assigned", anchorBy: 2000n }
      expect(await journal.batches("assigned")).to.deep.equal([record])
      expect(await journal.batch(batchId)).to.deep.equal(record)
      expect(await journal.treeOf(batchId)).to.deep.equal(tree)
      for (const index of [0, 255, 256, 511, 512, 599]) {
        const entry = await (await another()).byReceipt(entries[index].receiptId)
        expect([entry?.batchId, entry?.index]).to.deep.equal([batchId, index])
      }
      const part = await journal.receiptsIn(batchId, 255, 300)
      expect(part.map(({ receiptId }) => receiptId)).to.deep.equal(
        entries.slice(255, 555).map(({ receiptId }) => receiptId),
      )
      expect(part[0]).to.deep.equal(signedFor(claimOf(255)))
      expect(await journal.receiptsIn(batchId, 590, 300)).to.have.length(10)
      expect(await journal.receiptsIn(word(1), 0, 10)).to.deep.equal([])
      expect(await counted()).to.deep.equal([0, 0, 600, 0, 0])
      await expectError("BatchUnknown", () => journal.treeOf(word(1)))
      expect(await journal.batch(word(1))).to.equal(undefined)
    })

    it("are made of receipts that wait, all of them or none", async () => {
      await signAll(journal, [claimOf(1), claimOf(2), claimOf(3, { challengeWindow: 601n })])
      await journal.claim(claimOf(4))
      const entries = await journal.waitingEntries(MODEL, WINDOW, 10)
      const [one, two] = entries.map((entry) => entry.request)
      const made = batchOf(entries)
      for (const wrong of [
        [one],
        [one, one],
        [one, request(3)],
        [one, request(4)],
        [one, word(5)],
        [one, two, request(3)],
      ])
        await expectError("AlreadyAssigned", () => journal.assign(made, wrong))
      expect(await counted()).to.deep.equal([1, 3, 0, 0, 0])
      expect((await journal.byRequest(one))?.batchId).to.equal(undefined)
      await journal.assign(made, [one, two])
      await expectError("AlreadyAssigned", () => journal.assign(made, [one, two]))
      const single = batchOf(entries.slice(0, 1))
      await expectError("AlreadyAssigned", () => journal.assign(single, [one]))
      expect(await counted()).to.deep.equal([1, 1, 2, 0, 0])
    })

    it("that two replicas make at once never share a receipt", async () => {
      await signAll(
        journal,
        Array.from({ length: 400 }, (_, n) => claimOf(n)),
      )
      const other = await another("b")
      const entries = await journal.waitingEntries(MODEL, WINDOW, 400)
      const halves = [entries.slice(0, 300), entries.slice(100, 400)]
      for (let round = 0; round < 8; round++) {
        const made = await Promise.allSettled(
          halves.map((half, i) =>
            (i ? other : journal).assign(
              batchOf(half),
              half.map((entry) => entry.request),
            ),
          ),
        )
        for (const result of made)
          if (result.status === "rejected") expect(result.reason).to.have.property("code", "AlreadyAssigned")
        const done = await journal.batches("assigned")
        expect(done.length).to.be.lessThan(2)
        expect(await counted()).to.deep.equal([0, 400 - 300 * done.length, 300 * done.length, 0, 0])
        for (const { batchId } of done) await journal.dissolve(batchId)
      }
    })

    it("that a crash has left incomplete hold nothing: their receipts wait", async () => {
      await signAll(journal, [claimOf(1), claimOf(2)])
      const entries = await journal.waitingEntries(MODEL, WINDOW, 10)
      const made = batchOf(entries)
      // What the disk has after the first receipt was put in.
      await database.transact([
        {
          sql: "INSERT INTO batches (batch_id, provider, model_id, root, size, coverage, challenge_window, state) VALUES (?, '', ?, '', 2, '20', 600, 'assembling')",
          values: [made.batchId, MODEL],
        },
        {
          sql: "UPDATE claims SET batch_id = ?, place = 0 WHERE request = ?",
          values: [made.batchId, entries[0].request],
        },
      ])
      const later = await another("b")
      expect(await later.waitingEntries(MODEL, WINDOW, 10)).to.deep.equal(entries)
      expect(await later.waiting()).to.have.length(1)
      expect((await later.waiting())[0].count).to.equal(2)
      expect(await later.batch(made.batchId)).to.equal(undefined)
      expect((await later.byReceipt(entries[0].receiptId))?.batchId).to.equal(undefined)
      expect(await later.promised(100)).to.equal(20n)
      expect(await counted()).to.deep.equal([0, 2, 0, 0, 0])
      await later.assign(
        made,
        entries.map((entry) => entry.request),
      )
      expect(await counted()).to.deep.equal([0, 0, 2, 0, 0])
    })

    it("are anchored, taken out by a reorganisation, anchored elsewhere and released", async () => {
      const { batchId, batch } = await assigned([1, 2])
      const record = { batchId, batch, anchorBy: 2001n }
      await expectError("BatchStateWrong", () => journal.released(batchId))
      await journal.unanchored(batchId)
      await journal.anchored(batchId, AT)
      expect(await journal.batches("anchored")).to.deep.equal([
        { ...record, state: "anchored", anchoredAt: AT },
      ])
      expect(await counted()).to.deep.equal([0, 0, 0, 2, 0])
      await journal.unanchored(batchId)
      expect(await journal.batches("assigned")).to.deep.equal([{ ...record, state: "assigned" }])
      const elsewhere = { block: 60, blockHash: word(60), time: 6060 }
      await journal.anchored(batchId, AT)
      await journal.anchored(batchId, elsewhere)
      await expectError("BatchStateWrong", () => journal.dissolve(batchId))
      await journal.released(batchId)
      await journal.released(batchId)
      const released = { ...record, state: "released", anchoredAt: elsewhere }
      expect(await (await another()).batches("released")).to.deep.equal([released])
      expect(await counted()).to.deep.equal([0, 0, 0, 0, 2])
      for (const act of [
        () => journal.anchored(batchId, AT),
        () => journal.unanchored(batchId),
        () => journal.dissolve(batchId),
        () => journal.anchored(word(1), AT),
      ])
        await expectError("BatchStateWrong", act)
    })

    it("that will never be on-chain give their receipts back", async () => {
      const { batchId, entries } = await assigned([1, 2, 3])
      await signAll(journal, [claimOf(4)])
      await journal.dissolve(batchId)
      expect(await journal.batch(batchId)).to.equal(undefined)
      await expectError("BatchUnknown", () => journal.treeOf(batchId))
      const waiting = await journal.waitingEntries(MODEL, WINDOW, 10)
      expect(waiting.map(({ receiptId }) => receiptId)).to.deep.equal(
        [1, 2, 3, 4].map((n) => signedFor(claimOf(n)).receiptId),
      )
      expect((await journal.byReceipt(entries[0].receiptId))?.index).to.equal(undefined)
      await assigned([5])
      expect(await counted()).to.deep.equal([0, 4, 1, 0, 0])
    })

    it("hold cover until they are anchored deep enough", async () => {
      const other = await another("b")
      await other.claim(claimOf(100, { coverage: 2n ** 127n }))
      const { batchId } = await assigned([1, 2])
      await signAll(journal, [claimOf(3)])
      await journal.claim(claimOf(4))
      const sums = async (block: number) => [
        (await journal.promised(block)) - 2n ** 127n,
        await journal.promised(block, ""),
        await journal.promised(block, "b"),
      ]
      expect(await sums(1000)).to.deep.equal([40n, 40n, 2n ** 127n])
      await journal.anchored(batchId, AT)
      expect(await sums(49)).to.deep.equal([40n, 40n, 2n ** 127n])
      expect(await sums(50)).to.deep.equal([20n, 20n, 2n ** 127n])
      await journal.released(batchId)
      expect(await sums(50)).to.deep.equal([20n, 20n, 2n ** 127n])
      expect(await journal.promised(50, "c")).to.equal(0n)
    })

    it("tell whose cover is in them", async () => {
      await signAll(journal, [claimOf(1), claimOf(2)])
      const other = await another("b")
      await signAll(other, [claimOf(10, { coverage: 7n }), claimOf(11, { coverage: 2n ** 127n })])
      const entries = await journal.waitingEntries(MODEL, WINDOW, 10)
      const batch = batchOf(entries)
      await journal.assign(
        batch,
        entries.map(({ request }) => request),
      )
      const sums = new Map([
        ["", 20n],
        ["b", 2n ** 127n + 7n],
      ])
      expect(await journal.coverageOf(batch.batchId)).to.deep.equal(sums)
      expect((await journal.coverageOf(word(1))).size).to.equal(0)
    })

    it("keep their inputs until they are released and old enough", async () => {
      const first = await assigned([1, 2])
      await journal.anchored(first.batchId, AT)
      expect(await journal.drop(10_000)).to.equal(0)
      await journal.released(first.batchId)
      const second = await assigned([3])
      expect(await journal.drop(1002)).to.equal(0)
      expect(await journal.drop(1003)).to.equal(2)
      expect(await journal.drop(10_000)).to.equal(0)
      const [{ receiptId }] = first.entries
      await expectError("InputsDropped", () => journal.inputsOf(receiptId))
      expect(await journal.inputsOf(second.entries[0].receiptId)).to.have.length(4)
      const again = await journal.claim(claimOf(1, {}, { inputs: Uint8Array.of(66, 66) }))
      expect(again.isNew).to.equal(false)
      expect(again.entry.inputs).to.have.length(0)
      await expectError("InputsDropped", () => journal.inputsOf(receiptId))
    })
  })

  it("is for one registry", async () => {
    const elsewhere = { ...REGISTRY, chainId: 1n }
    const { message } = await expectError("JournalOfAnother", () => openJournal(database, elsewhere))
    expect(message).to.contain("31337").and.to.contain("1:")
    const upper = { ...REGISTRY, address: REGISTRY.address.toLowerCase() }
    await openJournal(database, upper)
  })

  it("answers what is owed for 100,000 claims without reading their inputs", async function () {
    this.timeout(240_000)
    await fill(100_000)
    await database.close()
    const reopened = await backend.open()
    const read: string[] = []
    const watched: Database = {
      transact: (statements) => (
        read.push(...statements.map(({ sql }) => sql)),
        reopened.transact(statements)
      ),
      query: (sql, ...values) => (read.push(sql), reopened.query(sql, ...values)),
      lock: (...lock) => reopened.lock(...lock),
      close: () => reopened.close(),
    }
    const large = await openJournal(watched, REGISTRY)
    expect(await large.promised(0)).to.equal((100_000n * 100_001n) / 2n)
    const [waiting] = await large.waiting()
    expect(waiting).to.deep.include({ count: 100_000, coverage: (100_000n * 100_001n) / 2n, anchorBy: 2001n })
    expect(await large.interrupted()).to.deep.equal([])
    expect((await large.counts()).waiting).to.equal(100_000)
    const reading = read.filter((sql) => sql.includes("inputs") && !sql.includes("receipt_id IS NULL"))
    expect(reading.filter((sql) => !sql.includes("CREATE"))).to.deep.equal([])
  })

  it("of an earlier version opens with all that it owes", async () => {
    await database.transact([
      { sql: STEPS.flat().find((sql) => sql.includes("INDEX claims_interrupted"))! },
      { sql: "DELETE FROM migrations WHERE name = 'journal' AND version > 2" },
    ])
    for (const n of [1, 2]) await journal.claim(claimOf(n))
    await journal.keep(request(2), signedFor(claimOf(2)))
    const later = await another()
    expect((await later.interrupted()).map((entry) => entry.request)).to.deep.equal([request(1)])
    expect(await later.waiting()).to.have.length(1)
    expect(await later.promised(0)).to.equal(claimOf(1).terms.coverage + claimOf(2).terms.coverage)
    await later.claim(claimOf(3))
    expect(await later.counts()).to.deep.include({ claims: 3, interrupted: 2, waiting: 1 })
  })

  /** Makes signed receipts of as many amounts, by the database itself. */
  async function fill(count: number): Promise<void> {
    const numbers = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})`
    const text = "CAST(n AS TEXT)"
    await database.transact([
      {
        sql: `${numbers}
          INSERT INTO claims (request, replica, provider, model_id, request_id, input_commitment, consumer, coverage, issued_at,
            anchor_by, challenge_window, terms_hash, trace, receipt_id, output_commitment, trace_commitment, signature)
          SELECT ${text}, '', '', '${MODEL}', ${text}, '', '', ${text}, 1000 + n, 2000 + n, 600, '', 'lazy', ${text}, '', '', ''
          FROM numbers`,
      },
      {
        sql: "INSERT INTO inputs (seq, body) SELECT seq, ? FROM claims WHERE true",
        values: [new Uint8Array(200)],
      },
    ])
  }
})
