import { expect } from "chai"
import { type Book, NEVER, caseId } from "../../../src/challenger/book.ts"
import { openBook } from "../../../src/challenger/book/open.ts"
import { loadSecret } from "../../../src/challenger/book/secret.ts"
import { requestKey } from "../../../src/protocol/receipt.ts"
import type { Database } from "../../../src/store/database.ts"
import { expectError } from "../../sdk/expect-error.ts"
import { REGISTRY } from "../../sdk/samples.ts"
import { describeBackends } from "../../store/backends.ts"
import { PROVIDER, SIGNATURE, anchored, anchoredAt, idOf, receiptOf, signed, word } from "./samples.ts"

describeBackends("book of a challenger", (backend) => {
  let database: Database
  let book: Book
  beforeEach(async () => {
    database = await backend.open()
    book = await openBook(database, REGISTRY)
  })

  /** The book after a restart. */
  const reopened = async () => openBook(await backend.open(), REGISTRY)
  const idsOf = (many: readonly { readonly id: string }[]) => many.map(({ id }) => id)

  describe("receipts", () => {
    it("are kept once, with everything that they say, and after a restart", async () => {
      const receipt = receiptOf(1, { coverage: 2n ** 128n - 1n, anchorBy: 2n ** 64n - 1n })
      const sighting = signed(receipt)
      expect(await book.see([sighting, sighting], 5)).deep.equal([idOf(receipt)])
      expect(await book.see([sighting], 6)).deep.equal([])
      const found = await (await reopened()).find(idOf(receipt).toUpperCase().replace("0X", "0x"))
      expect(found).deep.equal({
        id: idOf(receipt),
        request: requestKey(receipt),
        signed: { registry: REGISTRY, receipt, signature: SIGNATURE },
        isAttested: false,
        isWanted: false,
        state: "unchecked",
        reason: "",
        attempts: 0,
        nextAt: 5,
        deadline: NEVER,
        untilBlock: 0,
      })
      expect(await book.find(word(1))).equal(undefined)
    })

    it("of another registry are none", async () => {
      const registry = { ...REGISTRY, chainId: 1n }
      const foreign = { ...signed(receiptOf(1)), signed: { ...signed(receiptOf(1)).signed, registry } }
      await expectError("RegistryMismatch", () => book.see([foreign], 0))
      await expectError("BookOfAnother", () => openBook(database, registry))
    })

    it("get the signature that they lacked; one that was asked for on-chain takes the place of one that was not", async () => {
      const receipt = receiptOf(1)
      const signature = async () => (await book.find(idOf(receipt)))!.signed.signature
      const shown = (source: "chain" | "provider" | "consumer", text: string) =>
        book.see([signed(receipt, { source, signed: { ...signed(receipt).signed, signature: text } })], 0)
      await shown("chain", "0x")
      expect(await signature()).equal("0x")
      await shown("provider", `0x${"aa".repeat(65)}`)
      expect(await signature()).equal(`0x${"aa".repeat(65)}`)
      await shown("provider", SIGNATURE)
      expect(await signature()).equal(`0x${"aa".repeat(65)}`)
      await shown("consumer", SIGNATURE)
      expect(await signature()).equal(SIGNATURE)
      await shown("consumer", `0x${"aa".repeat(65)}`)
      await shown("chain", "0x")
      expect(await signature()).equal(SIGNATURE)
    })

    it("have the place that somebody shows as soon as the chain shows its batch", async () => {
      const { batch, listed, inclusions } = anchored([receiptOf(1), receiptOf(2), receiptOf(3)], 1050)
      await book.see(listed, 0)
      const id = idOf(receiptOf(2))
      expect((await book.find(id))?.inclusion).equal(undefined)
      expect(await book.due(9999, 9)).deep.equal([])
      await book.seeBatches([batch])
      const { inclusion, deadline } = (await book.find(id))!
      expect(inclusion).deep.equal(inclusions[1])
      expect(deadline).equal(1650)
      expect(await book.due(9999, 9)).have.length(3)
    })

    it("are due with the earliest deadline first, those that are to be tried now", async () => {
      const parts = [3, 1, 2].map((n) => anchored([receiptOf(n)], 1000 + n))
      await book.seeBatches(parts.map(({ batch }) => batch))
      await book.see(
        parts.flatMap(({ listed }) => listed),
        7,
      )
      await book.see([signed(receiptOf(4))], 7)
      const [three, one, two] = [3, 1, 2].map((n) => idOf(receiptOf(n)))
      expect(idsOf(await book.due(7, 9))).deep.equal([one, two, three])
      expect(idsOf(await book.due(7, 2))).deep.equal([one, two])
      expect(await book.due(6, 9)).deep.equal([])
      await book.judge(one, { state: "unchecked", reason: "the provider is away", nextAt: 50 })
      await book.judge(two, { state: "match", reason: "" })
      expect(idsOf(await book.due(7, 9))).deep.equal([three])
      const [again] = await book.due(50, 9)
      expect([again.id, again.reason, again.attempts]).deep.equal([one, "the provider is away", 1])
    })

    it("that were passed are checked when somebody wants it", async () => {
      const { batch, listed } = anchored([receiptOf(1)], 1050)
      await book.seeBatches([batch])
      const [id] = await book.see(listed, 0)
      await book.judge(id, { state: "passed", reason: "not drawn" })
      expect(await book.due(9999, 9)).deep.equal([])
      expect(idsOf(await book.inState("passed", 9))).deep.equal([id])
      await book.want(id)
      expect(idsOf(await book.due(9999, 9))).deep.equal([id])
      await book.judge(id, { state: "unfetchable", reason: "sealed" })
      await book.want(id)
      const [again] = await book.due(9999, 9)
      expect([again.id, again.isWanted]).deep.equal([id, true])
      await book.judge(id, { state: "match", reason: "" })
      await book.want(id)
      expect((await book.find(id))?.state).equal("match")
    })

    it("in a dispute can be challenged for longer", async () => {
      const { batch, listed } = anchored([receiptOf(1)], 1050)
      await book.seeBatches([batch])
      const [id] = await book.see(listed, 0)
      await book.detained(id, 5000)
      await book.detained(id, 4000)
      expect((await book.find(id))?.deadline).equal(5000)
    })
  })

  describe("places", () => {
    it("in several batches count by the one that is open for the longest", async () => {
      const receipt = receiptOf(1)
      const [early, late] = [anchored([receipt], 1040), anchored([receipt, receiptOf(2)], 1055)]
      await book.seeBatches([early.batch, late.batch])
      await book.see([late.listed[0], early.listed[0]], 0)
      const place = async () => (await book.find(idOf(receipt)))!
      expect((await place()).inclusion).deep.equal(late.inclusions[0])
      await book.keepOnly({ from: 1050, to: 1060 }, [])
      expect((await place()).inclusion).deep.equal(early.inclusions[0])
      expect((await place()).deadline).equal(1640)
    })

    it("go with a block that was undone, and come back with another", async () => {
      const { batch, listed, inclusions } = anchored([receiptOf(1)], 1050)
      await book.seeBatches([batch])
      const [id] = await book.see(listed, 0)
      await book.noteBatch(batch.id, { isWhole: true, nextAt: NEVER })
      await book.keepOnly({ from: 1000, to: 1060 }, [batch.id])
      expect(await book.due(9999, 9)).have.length(1)
      await book.keepOnly({ from: 1051, to: 1060 }, [])
      expect(await book.due(9999, 9)).have.length(1)
      await book.keepOnly({ from: 1000, to: 1060 }, [])
      expect(await book.due(9999, 9)).deep.equal([])
      expect(await book.findBatch(batch.id)).equal(undefined)
      expect((await book.anchorsOf([batch.id])).size).equal(0)
      const again = { ...batch, ...anchoredAt(1057) }
      await book.seeBatches([again])
      expect(await book.findBatch(batch.id)).deep.equal({
        ...again,
        isWhole: true,
        attempts: 1,
        nextAt: NEVER,
      })
      const { inclusion, deadline } = (await book.find(id))!
      expect([inclusion, deadline]).deep.equal([inclusions[0], 1657])
    })

    it("of their own are those of receipts that were attested directly", async () => {
      const attested = anchoredAt(1050, 600, { untilBlock: 77 })
      const receipt = receiptOf(1)
      const unsigned = { ...signed(receipt).signed, signature: "0x" }
      const [id] = await book.see([signed(receipt, { attested, signed: unsigned, source: "chain" })], 0)
      const found = (await book.find(id))!
      expect([found.isAttested, found.deadline, found.untilBlock]).deep.equal([true, 1650, 77])
      expect(idsOf(await book.due(0, 9))).deep.equal([id])
      expect(await book.anchorsOf([id, word(3)])).deep.equal(new Map([[id, attested.blockHash]]))
      await book.keepOnly({ from: 1050, to: 1050 }, [])
      const gone = (await book.find(id))!
      expect([gone.isAttested, gone.deadline]).deep.equal([false, NEVER])
    })
  })

  describe("several places of a receipt", () => {
    it("are all known, and the last window that ends is the deadline", async () => {
      const receipt = receiptOf(1)
      const [first, second] = [anchored([receipt], 1000), anchored([receipt, receiptOf(2)], 1010)]
      await book.seeBatches([first.batch, second.batch])
      const [id] = await book.see([first.listed[0], second.listed[0]], 0)
      expect(await book.placesOf(id)).deep.equal([second.inclusions[0], first.inclusions[0]])
      const deadlineWith = async (until: number) => {
        const attested = { ...anchoredAt(1050, until - 1050), untilBlock: until }
        await book.see([signed(receipt, { attested, source: "chain" })], 0)
        const { deadline, untilBlock } = (await book.find(id))!
        return [deadline, untilBlock]
      }
      expect(await deadlineWith(1400)).deep.equal([1610, 0])
      expect(await deadlineWith(1700)).deep.equal([1700, 1700])
    })
  })

  describe("contests", () => {
    it("are requests with several receipts, until they are judged; and once more with another receipt", async () => {
      const [one, two, three] = [1, 2, 3].map((n) => receiptOf(1, { outputCommitment: word(n) }))
      await book.see([signed(one), signed(receiptOf(2))], 0)
      expect(await book.contests(0, 9)).deep.equal([])
      await book.see([signed(two)], 0)
      const request = requestKey(one)
      expect(await book.contests(0, 9)).deep.equal([{ request, attempts: 0 }])
      expect(idsOf(await book.rivals(idOf(one)))).deep.equal([idOf(two)])
      await book.noteContest(request, NEVER)
      await book.see([signed(two), signed(receiptOf(2))], 0)
      expect(await book.contests(NEVER - 1, 9)).deep.equal([])
      await book.see([signed(three)], 0)
      expect(await book.contests(0, 9)).have.length(1)
      const ids = idsOf(await book.contestants(request))
      expect(ids).have.members([one, two, three].map(idOf))
    })

    it("are judged once more when a receipt gets a signature or a place", async () => {
      const [one, two] = [1, 2].map((n) => receiptOf(1, { outputCommitment: word(n) }))
      const request = requestKey(one)
      const unsigned = signed(two, { signed: { ...signed(two).signed, signature: "0x" }, source: "chain" })
      await book.see([signed(one), unsigned], 0)
      await book.noteContest(request, NEVER)
      await book.see([signed(two)], 0)
      expect(await book.contests(0, 9)).have.length(1)
      await book.noteContest(request, NEVER)
      const { batch, listed } = anchored([two], 1050)
      await book.see(listed, 0)
      await book.seeBatches([batch])
      expect(await book.contests(0, 9)).have.length(1)
    })

    it("are seen whoever brings the two receipts at the same moment", async () => {
      const rivals = Array.from({ length: 20 }, (_, n) => receiptOf(1, { outputCommitment: word(n) }))
      await Promise.all(rivals.map((receipt) => book.see([signed(receipt)], 0)))
      expect(await book.contests(0, 9)).have.length(1)
      expect(await book.rivals(idOf(rivals[0]))).have.length(19)
    })
  })

  describe("receipts that should be anchored", () => {
    it("are those with a signature, after their time, the oldest first", async () => {
      await book.see([signed(receiptOf(2, { anchorBy: 2000n })), signed(receiptOf(1))], 0)
      await book.see(
        [signed(receiptOf(3), { signed: { ...signed(receiptOf(3)).signed, signature: "0x" } })],
        0,
      )
      const [one, two] = [idOf(receiptOf(1)), idOf(receiptOf(2, { anchorBy: 2000n }))]
      expect(await book.unplaced(1060, 9)).deep.equal([])
      expect(idsOf(await book.unplaced(1061, 9))).deep.equal([one])
      expect(idsOf(await book.unplaced(2001, 9))).deep.equal([one, two])
      await book.noteUnplaced(one, 3000)
      expect(idsOf(await book.unplaced(2999, 9))).deep.equal([two])
      await book.noteUnplaced(two, NEVER)
      expect(idsOf(await book.unplaced(3000, 9))).deep.equal([one])
      expect([await book.countUnplaced(), await book.countUnplaced(PROVIDER)]).deep.equal([3, 3])
      expect(await book.countUnplaced(word(1))).equal(0)
      expect(idsOf(await book.waiting(PROVIDER, receiptOf(1).modelId, 9))).deep.equal([one, two].sort())
    })

    it("are not those that are where they were promised to be; but those that came late, or elsewhere", async () => {
      const receipts = [1, 2, 3, 4].map((n) => receiptOf(n))
      const parts = [
        anchored([receipts[0]], 1060),
        anchored([receipts[1]], 1061),
        anchored([receipts[2]], 1050, { modelId: word(7) }),
        anchored([receipts[3]], 1050, { window: 599n }),
      ]
      await book.see(
        parts.flatMap(({ listed }) => listed),
        0,
      )
      expect(await book.unplaced(9999, 9)).have.length(4)
      await book.seeBatches(parts.map(({ batch }) => batch))
      const late = await book.unplaced(9999, 9)
      expect(idsOf(late)).have.members(receipts.slice(1).map(idOf))
      expect(late.every(({ inclusion }) => inclusion)).equal(true)
      const good = anchored([receipts[1]], 1055)
      await book.seeBatches([good.batch])
      await book.see(good.listed, 0)
      expect(idsOf(await book.unplaced(9999, 9))).have.members(receipts.slice(2).map(idOf))
    })
  })

  describe("batches", () => {
    it("are listed while not all of their receipts are known, the earliest end of an open window first", async () => {
      const parts = [1, 2, 3].map((n) => anchored([receiptOf(n)], 1000 + 100 * n).batch)
      await book.seeBatches(parts)
      await book.seeBatches(parts)
      const list = async (now: number, clock: number) => idsOf(await book.batchesToList(now, clock, 9))
      const [one, two, three] = idsOf(parts)
      expect(await list(0, 0)).deep.equal([one, two, three])
      expect(await list(0, 1701)).deep.equal([two, three, one])
      await book.noteBatch(one, { isWhole: true, nextAt: NEVER })
      await book.noteBatch(two, { isWhole: false, nextAt: 60 })
      expect(await list(59, 0)).deep.equal([three])
      expect(await list(60, 0)).deep.equal([two, three])
      expect((await book.findBatch(two))?.attempts).equal(1)
      await book.noteBatch(two, { isWhole: false, nextAt: NEVER })
      expect(await list(NEVER, 0)).deep.equal([three])
    })

    it("of a provider are found by the time of their anchor", async () => {
      const other = receiptOf(3, { provider: receiptOf(1).consumer })
      const parts = [[receiptOf(1)], [receiptOf(2)], [other]].map((some, i) => anchored(some, 1100 + i).batch)
      await book.seeBatches(parts)
      expect(idsOf(await book.batchesBetween(PROVIDER, 1100, 1102))).deep.equal([parts[0].id, parts[1].id])
      expect(await book.batchesBetween(PROVIDER.toLowerCase(), 1101, 1101)).deep.equal([parts[1]])
    })
  })

  it("opens each case once, and keeps what becomes of it", async () => {
    const accusation = {
      accusation: "equivocation",
      receiptId: word(1),
      otherId: word(2),
      reason: "two answers",
      deadline: 70,
      notes: "{}",
    } as const
    expect(await book.accuse(accusation)).equal(true)
    expect(await book.accuse({ ...accusation, reason: "again" })).equal(false)
    await book.accuse({ accusation: "execution", receiptId: word(1), reason: "", deadline: 60, notes: "" })
    const id = caseId("equivocation", word(1))
    expect(await book.findCase(id)).deep.equal({ ...accusation, id, state: "open" })
    const deadlines = (await book.cases("open", 9)).map(({ deadline }) => deadline)
    expect(deadlines).deep.equal([60, 70])
    await book.noteCase(id, { state: "won", notes: '{"salt":1}' })
    await book.noteCase(id, {})
    const later = await (await reopened()).cases("won", 9)
    expect(later).deep.equal([{ ...accusation, id, state: "won", notes: '{"salt":1}' }])
  })

  it("counts receipts and cases by their states", async () => {
    const [one] = await book.see([signed(receiptOf(1)), signed(receiptOf(2))], 0)
    await book.judge(one, { state: "mismatch", reason: "wrong" })
    await book.accuse({ accusation: "execution", receiptId: one, reason: "", deadline: 1, notes: "" })
    const { receipts, cases } = await book.counts()
    expect([receipts.unchecked, receipts.mismatch, receipts.match]).deep.equal([1, 1, 0])
    expect(cases).deep.equal({ open: 1, won: 0, paid: 0, lost: 0, dropped: 0 })
  })

  it("forgets what nothing can follow from, but nothing that a case is about", async () => {
    const [old, disputed, rival, young] = [
      receiptOf(1),
      receiptOf(2),
      receiptOf(2, { outputCommitment: word(9) }),
      receiptOf(3, { issuedAt: 9000n, anchorBy: 9001n }),
    ]
    const { batch, listed } = anchored([old, disputed], 1050)
    await book.seeBatches([batch])
    await book.see([...listed, signed(rival), signed(young)], 0)
    await book.accuse({
      accusation: "equivocation",
      receiptId: idOf(disputed),
      otherId: idOf(rival),
      reason: "",
      deadline: 5,
      notes: "",
    })
    await book.prune(5000)
    const left = async () =>
      (await Promise.all([old, disputed, rival, young].map((one) => book.find(idOf(one))))).map(
        (one) => !!one,
      )
    expect(await left()).deep.equal([false, true, true, true])
    expect(await book.findBatch(batch.id)).not.equal(undefined)
    await book.noteCase(caseId("equivocation", idOf(disputed)), { state: "paid" })
    await book.prune(5000)
    expect(await left()).deep.equal([false, false, false, true])
    expect(await book.cases("paid", 9)).deep.equal([])
    expect(await book.findBatch(batch.id)).equal(undefined)
    expect(await book.contests(NEVER, 9)).deep.equal([])
  })

  it("has secrets that stay the same", async () => {
    const secret = await loadSecret(database, "salts")
    expect(secret).have.length(32)
    expect(await loadSecret(await backend.open(), "salts")).deep.equal(secret)
    expect(await loadSecret(database, "draws")).not.deep.equal(secret)
  })
})
