import { expect } from "chai"
import { Ledger } from "../../../src/chain/transactions/ledger.ts"
import { type Intent, Priority } from "../../../src/chain/transactions/transactions.ts"
import type { Attempt } from "../../../src/chain/transactions/work.ts"
import type { Database } from "../../../src/store/database.ts"
import { describeBackends } from "../../store/backends.ts"

const intentOf = (key: string, more: Partial<Intent> = {}): Intent => ({
  key,
  priority: Priority.Anchor,
  kind: "anchor",
  to: `0x${"12".repeat(20)}`,
  data: "0xdeadbeef",
  value: 10n ** 30n,
  ...more,
})

const attemptOf = (byte: string, more: Partial<Attempt> = {}): Attempt => ({
  hash: `0x${byte.repeat(32)}`,
  raw: `0x02${byte.repeat(300)}`,
  cancels: false,
  gas: 16_777_216n,
  fees: { most: 10n ** 20n, tip: 1n },
  block: 3_000_000_000,
  ...more,
})

const account = `0x${"ab".repeat(20)}`

describeBackends("What a transaction manager keeps", (backend) => {
  let database: Database
  let ledger: Ledger
  beforeEach(async () => {
    database = await backend.open()
    ledger = await Ledger.open(database)
  })

  it("comes back as it was", async () => {
    const intent = intentOf("a", { deadline: 4_000_000_000 })
    await ledger.add(intent, 2_000_000_000)
    await ledger.add(intentOf("b"), undefined)
    const cheap = attemptOf("01")
    const dear = attemptOf("02", { cancels: true, fees: { most: 2n * 10n ** 20n, tip: 2n } })
    await ledger.open("a", account, 7, cheap)
    await ledger.replace("a", account, 7, dear, 1)
    await ledger.cancel("a", { code: "Late", reason: "It is over" })
    const { works, nextNonce } = await ledger.load(account)
    const [a, b] = works.sort((x, y) => x.born - y.born)
    expect(a.intent).to.deep.equal(intent)
    expect(a).to.deep.include({ since: 2_000_000_000, refusal: { code: "Late", reason: "It is over" } })
    expect(a.slot).to.deep.include({ account, nonce: 7, attempts: [cheap, dear] })
    expect(b.intent).to.deep.equal(intentOf("b"))
    expect([b.since, b.slot, b.refusal]).to.deep.equal([undefined, undefined, undefined])
    expect(nextNonce, "nothing is used up yet").to.equal(0)
  })

  it("holds an intent once, and numbers them by age", async () => {
    const added = [
      await ledger.add(intentOf("a"), 1),
      await ledger.add(intentOf("b"), 1),
      await ledger.add(intentOf("a", { value: 5n }), 2),
    ]
    expect(added.map((work) => work?.born)).to.deep.equal([1, 2, undefined])
    const { works } = await ledger.load(account)
    expect(works.find(({ intent }) => intent.key === "a")!.intent.value).to.equal(10n ** 30n)
  })

  it("dates what has no date, and hurries what must", async () => {
    await ledger.add(intentOf("a"), 5)
    await ledger.add(intentOf("b"), undefined)
    await ledger.date(["a", "b"], 9)
    await ledger.hurry(intentOf("b", { priority: Priority.Defence, deadline: 77 }))
    const works = (await ledger.load(account)).works.sort((x, y) => x.born - y.born)
    expect(works.map(({ since }) => since)).to.deep.equal([5, 9])
    expect(works[1].intent).to.deep.include({ priority: Priority.Defence, deadline: 77 })
  })

  it("gives a nonce to one intent: another one fails, and leaves nothing behind", async () => {
    for (const key of ["a", "b"]) await ledger.add(intentOf(key), 1)
    await ledger.open("a", account, 0, attemptOf("01"))
    expect(ledger.isStale).to.equal(true)
    await ledger.load(account)
    expect(ledger.isStale).to.equal(false)
    const failed = await ledger.open("b", account, 0, attemptOf("02")).then(
      () => false,
      () => true,
    )
    expect([failed, ledger.isStale]).to.deep.equal([true, true])
    const { works } = await ledger.load(account)
    expect(works.find(({ intent }) => intent.key === "b")!.slot).to.equal(undefined)
    await ledger.open("b", "0xother", 0, attemptOf("02"))
  })

  it("keeps the outcome and the nonce of what is finished, not its bytes", async () => {
    for (const key of ["a", "b", "c"]) await ledger.add(intentOf(key), 1)
    await ledger.open("a", account, 4, attemptOf("01"))
    const confirmed = { state: "confirmed", hash: "0x01", block: 5 } as const
    const reverted = { state: "reverted", hash: "0x02", block: 6, reason: "why" } as const
    const refused = { state: "refused", code: "Paused", reason: "why" } as const
    await ledger.finish("a", confirmed)
    await ledger.finish("b", reverted)
    await ledger.finish("c", refused)
    expect(await ledger.outcomeOf("a")).to.deep.equal(confirmed)
    expect(await ledger.outcomeOf("b")).to.deep.equal(reverted)
    expect(await ledger.outcomeOf("c")).to.deep.equal(refused)
    expect(await ledger.outcomeOf("d")).to.equal(undefined)
    expect(await ledger.load(account)).to.deep.equal({ works: [], nextNonce: 5 })
    expect((await ledger.load("0xother")).nextNonce).to.equal(0)
    expect(await database.query("SELECT hash FROM tx_attempts")).to.have.length(0)
  })

  it("uses a nonce again only when its owner is finished or lost it", async () => {
    for (const key of ["a", "b", "c"]) await ledger.add(intentOf(key), 1)
    await ledger.open("a", account, 4, attemptOf("01"))
    await ledger.close("a")
    await ledger.open("b", account, 4, attemptOf("02"))
    await ledger.finish("b", { state: "confirmed", hash: "0x02", block: 5 })
    await ledger.open("c", account, 4, attemptOf("03"))
    const { works } = await ledger.load(account)
    expect(works.map(({ intent, slot }) => [intent.key, slot?.nonce])).to.have.deep.members([
      ["a", undefined],
      ["c", 4],
    ])
  })

  it("forgets what is finished or was never there, and nothing else", async () => {
    await ledger.add(intentOf("a"), 1)
    expect(await ledger.forget("a")).to.equal(false)
    expect(await ledger.forget("b")).to.equal(true)
    await ledger.cancel("a", { code: "Late", reason: "It is over" })
    expect(await ledger.forget("a")).to.equal(false)
    await ledger.finish("a", { state: "refused", code: "Late", reason: "It is over" })
    expect(await ledger.forget("a")).to.equal(true)
    expect(await ledger.add(intentOf("a"), 1)).to.not.equal(undefined)
  })

  it("prunes nonces that are used up, and goes on after the highest of each account all the same", async () => {
    const other = `0x${"cd".repeat(20)}`
    for (const [of, nonce] of [
      [account, 3],
      [account, 4],
      [other, 1],
    ] as const) {
      const key = `${of}:${nonce}`
      await ledger.add(intentOf(key), 1)
      await ledger.open(key, of, nonce, attemptOf(`${of === other ? 1 : 0}${nonce}`))
      await ledger.finish(key, { state: "confirmed", hash: "0x01", block: 5 })
    }
    await ledger.add(intentOf("late"), 1)
    await ledger.open("late", account, 2, attemptOf("02"))
    await ledger.prune()
    const rows = await database.query("SELECT account, nonce FROM tx_nonces ORDER BY account, nonce")
    expect(rows.map((row) => [row.account, row.nonce])).to.deep.equal([
      [account, 2],
      [account, 4],
      [other, 1],
    ])
    expect((await ledger.load(account)).nextNonce).to.equal(5)
    expect((await ledger.load(other)).nextNonce).to.equal(2)
  })
})
