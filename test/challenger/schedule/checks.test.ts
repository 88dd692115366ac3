import { expect } from "chai"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { type Book, caseId } from "../../../src/challenger/book.ts"
import { openBook } from "../../../src/challenger/book/open.ts"
import type { Opinion } from "../../../src/challenger/check.ts"
import { underWay } from "../../../src/challenger/node/fetching.ts"
import { Checks, type ChecksOptions, type Finding } from "../../../src/challenger/schedule/checks.ts"
import { Jobs } from "../../../src/challenger/schedule/jobs.ts"
import { OnusError } from "../../../src/protocol/errors.ts"
import type { Receipt } from "../../../src/protocol/receipt.ts"
import { silentLog } from "../../../src/service/log.ts"
import type { Database } from "../../../src/store/database.ts"
import { openDatabase } from "../../../src/store/open.ts"
import { REGISTRY } from "../../sdk/samples.ts"
import { anchored, idOf, receiptOf, word } from "../book/samples.ts"
import { TestChecker, viewAt } from "./doubles.ts"

const MATCH = { verdict: "match" } as const
const WRONG = { verdict: "mismatch", reason: "The output is wrong" } as Opinion

describe("a schedule of checks", () => {
  let folder: string
  let database: Database
  let book: Book
  let checker: TestChecker
  let found: [string, string][]
  let accused: string[]
  let checks: Checks

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "onus-checks-"))
    database = await openDatabase(`sqlite:${join(folder, "book.db")}`)
    book = await openBook(database, REGISTRY)
    checker = new TestChecker()
    ;[found, accused] = [[], []]
    checks = start()
  })
  afterEach(async () => {
    checker.opinion = MATCH
    for (const id of checker.running) checker.find(id, MATCH)
    await checks.close()
    await database.close()
    rmSync(folder, { recursive: true })
  })

  const start = (options: Partial<ChecksOptions> = {}): Checks =>
    new Checks({
      book,
      checker,
      chooser: { passes: () => undefined },
      isDisputed: () => Promise.resolve(false),
      concurrency: 2,
      reserve: 60,
      log: silentLog,
      onFinding: ({ id }, { verdict }: Finding) => void found.push([id, verdict]),
      onAccused: (id) => void accused.push(id),
      ...options,
    })

  /** Receipts in a batch of each, anchored at these times: their windows last 600 s. */
  async function arrive(times: readonly number[], fields: Partial<Receipt> = {}): Promise<readonly string[]> {
    const receipts = times.map((time) => receiptOf(time, fields))
    const parts = receipts.map((receipt, i) => anchored([receipt], times[i]))
    await book.seeBatches(parts.map(({ batch }) => batch))
    await book.see(
      parts.flatMap(({ listed }) => listed),
      0,
    )
    return receipts.map(idOf)
  }
  const states = async (ids: readonly string[]) =>
    Promise.all(ids.map(async (id) => (await book.find(id))!.state))
  /** Waits until so many were begun. */
  const untilBegun = async (count: number) => {
    while (checker.begun.length < count) await wait(5)
  }

  it("runs the earliest deadline first, so many at a time, each once", async () => {
    const [c, a, b, d] = await arrive([1030, 1010, 1020, 1040])
    await checks.tick(viewAt(1100))
    await checks.tick(viewAt(1101))
    expect(checker.begun).deep.equal([a, b])
    checker.find(b, MATCH)
    await untilBegun(3)
    await checks.tick(viewAt(1102))
    expect(checker.begun).deep.equal([a, b, c])
    checker.find(a, MATCH)
    checker.find(c, MATCH)
    await untilBegun(4)
    checker.find(d, MATCH)
    await checks.idle()
    expect(checker.begun).deep.equal([a, b, c, d])
    expect(await states([a, b, c, d])).deep.equal(Array(4).fill("match"))
    await checks.tick(viewAt(1103))
    await checks.idle()
    expect(checker.begun).have.length(4)
  })

  it("lets what is more urgent go before what waits", async () => {
    const [, , late] = await arrive([1030, 1031, 1032])
    await checks.tick(viewAt(1100))
    const [urgent] = await arrive([1005])
    await checks.tick(viewAt(1101))
    checker.find(checker.begun[0], MATCH)
    await untilBegun(3)
    expect(checker.begun[2]).equal(urgent)
    checker.find(urgent, MATCH)
    await untilBegun(4)
    expect(checker.begun[3]).equal(late)
  })

  it("goes on by itself until everything was run that is due", async () => {
    checker.opinion = MATCH
    const ids = await arrive(Array.from({ length: 40 }, (_, i) => 1040 - i))
    await checks.tick(viewAt(1100))
    await checks.idle()
    expect(checker.begun).deep.equal([...ids].reverse())
    expect((await book.counts()).receipts.match).equal(40)
  })

  it("has others run while somebody keeps it waiting, also where one answer is run at a time", async () => {
    await arrive(Array.from({ length: 100 }, (_, i) => 1000 + i))
    const [other] = await arrive([1200], { provider: word(7).slice(0, 42) })
    checks = start({ concurrency: underWay({ workers: 1 }) })
    await checks.tick(viewAt(1300))
    const begun = checker.begun.length
    // What takes longer is slow.
    await wait(2_050)
    checker.find(checker.begun[0], { verdict: "unfetchable", reason: "silence", isFinal: false })
    await untilBegun(begun + 1)
    expect(checker.begun.at(-1)).equal(other)
  })

  it("opens a case for what is wrong, once, however often it is run", async () => {
    checker.opinion = WRONG
    const [id] = await arrive([1010])
    await checks.tick(viewAt(1100))
    await checks.idle()
    expect(await states([id])).deep.equal(["mismatch"])
    const opened = await book.findCase(caseId("execution", id))
    expect([opened?.state, opened?.reason, opened?.deadline]).deep.equal([
      "open",
      "The output is wrong",
      1610,
    ])
    // As after a crash between the two.
    await book.judge(id, { state: "unchecked", reason: "", nextAt: 0 })
    await checks.tick(viewAt(1101))
    await checks.idle()
    expect([found.length, accused]).deep.equal([2, [id]])
  })

  it("accuses nobody because of a damaged disk", async () => {
    checker.opinion = WRONG
    const [id] = await arrive([1010])
    const other = receiptOf(1010, { outputCommitment: word(99) })
    const { signed } = (await book.find(id))!
    const text = JSON.stringify(Object.values(signed.receipt).map(String)).replaceAll(
      signed.receipt.outputCommitment,
      other.outputCommitment,
    )
    await database.transact([{ sql: "UPDATE receipts SET receipt = ? WHERE id = ?", values: [text, id] }])
    await checks.tick(viewAt(1100))
    await checks.idle()
    expect(await book.cases("open", 9)).deep.equal([])
    const { state, reason } = (await book.find(id))!
    expect(state).equal("differs")
    expect(reason).contain("database is damaged")
  })

  it("tries again what could not be had, later and later, and sooner when time runs out", async () => {
    checker.opinion = { verdict: "unfetchable", reason: "The provider is away", isFinal: false }
    const [id] = await arrive([1010])
    const nextAt = async (now: number) => {
      await checks.tick(viewAt(now))
      await checks.idle()
      const { nextAt, state, reason } = (await book.find(id))!
      expect([state, reason]).deep.equal(["unchecked", "The provider is away"])
      return nextAt
    }
    expect(await nextAt(1100)).equal(1102)
    expect(await nextAt(1101)).equal(1102)
    expect(await nextAt(1102)).equal(1106)
    expect(await nextAt(1110)).equal(1118)
    // 1610 - 60 is the end.
    expect(await nextAt(1540)).equal(1542)
    expect(checker.begun).have.length(4)
    await checks.tick(viewAt(1551))
    await checks.idle()
    const { state, reason } = (await book.find(id))!
    expect([state, reason]).deep.equal(["expired", "The time to challenge it is over: The provider is away"])
    expect(checker.begun).have.length(4)
  })

  it("keeps what a checker throws from anything else, and tries it again", async () => {
    const ids = await arrive([1010, 1011])
    const failing = start({
      checker: {
        check: ({ id }) =>
          id === ids[0]
            ? Promise.reject(new OnusError("PoolFailed", "The thread has died"))
            : Promise.resolve(MATCH),
      },
    })
    await failing.tick(viewAt(1100))
    await failing.idle()
    expect(await states(ids)).deep.equal(["unchecked", "match"])
    expect((await book.find(ids[0]))?.reason).contain("The thread has died")
  })

  it("says for good what cannot be had, or judged by this machine", async () => {
    const [a, b] = await arrive([1010, 1011])
    await checks.tick(viewAt(1100))
    checker.find(a, { verdict: "unfetchable", reason: "sealed", isFinal: true })
    checker.find(b, { verdict: "differs", reason: "other semantics" })
    await checks.idle()
    expect(await states([a, b])).deep.equal(["unfetchable", "differs"])
    expect(await book.cases("open", 9)).deep.equal([])
  })

  it("runs nothing that is over, unless blocks keep it open", async () => {
    checker.opinion = MATCH
    const receipts = [receiptOf(1), receiptOf(2)]
    const parts = [anchored([receipts[0]], 1000), anchored([receipts[1]], 1000, {}, { untilBlock: 5000 })]
    await book.seeBatches(parts.map(({ batch }) => batch))
    await book.see(
      parts.flatMap(({ listed }) => listed),
      0,
    )
    await checks.tick(viewAt(1601, 4000))
    await checks.idle()
    expect(await states(receipts.map(idOf))).deep.equal(["expired", "match"])
  })

  it("leaves out what is not chosen, unless somebody disputes it", async () => {
    checker.opinion = MATCH
    const ids = await arrive([1010, 1011])
    const choosing = start({
      chooser: { passes: () => "It was not drawn" },
      isDisputed: (id) => Promise.resolve(id === ids[1]),
    })
    await choosing.tick(viewAt(1100))
    await choosing.idle()
    expect(await states(ids)).deep.equal(["passed", "match"])
    expect(found.map(([, verdict]) => verdict).sort()).deep.equal(["match", "passed"])
  })

  it("begins nothing after it was closed, and waits for what is under way", async () => {
    const [a] = await arrive([1010, 1011, 1012])
    await checks.tick(viewAt(1100))
    const closing = checks.close()
    for (const id of [...checker.running]) checker.find(id, MATCH)
    await closing
    await checks.tick(viewAt(1101))
    expect(checker.begun).have.length(2)
    expect(await states([a])).deep.equal(["match"])
  })
})

describe("jobs", () => {
  it("leave room for others when those of one provider take long", async () => {
    let now = 0
    const jobs = new Jobs({ limit: 3, limitOfSlow: 2, failed: () => undefined, now: () => now })
    const ends: (() => void)[] = []
    const begin = (name: string, provider: string) =>
      jobs.start(
        name,
        provider,
        () => new Promise((resolve) => ends.push(resolve)),
        () => undefined,
      )
    begin("1", "slow")
    begin("2", "slow")
    expect(jobs.hasRoom("slow")).equal(true)
    now = 2001
    expect([jobs.hasRoom("slow"), jobs.hasRoom("other")]).deep.equal([false, true])
    begin("3", "other")
    expect([jobs.isFull, jobs.hasRoom("third"), jobs.has("3")]).deep.equal([true, false, true])
    for (const end of ends) end()
    await jobs.idle()
    expect(jobs.hasRoom("slow")).equal(true)
  })
})
