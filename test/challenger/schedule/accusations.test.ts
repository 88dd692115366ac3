import { expect } from "chai"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Wallet } from "ethers"
import { type Case, NEVER, caseId } from "../../../src/challenger/book.ts"
import { Equivocations } from "../../../src/challenger/schedule/equivocations.ts"
import { type OmissionPolicy, Omissions, STATUTE } from "../../../src/challenger/schedule/omissions.ts"
import { chooser } from "../../../src/challenger/schedule/choose.ts"
import { Scheduler } from "../../../src/challenger/schedule/scheduler.ts"
import type { Receipt } from "../../../src/protocol/receipt.ts"
import { attest } from "../../../src/sdk/attest.ts"
import { send } from "../../../src/sdk/client.ts"
import { convictEquivocation } from "../../../src/sdk/convict.ts"
import { claimOmission } from "../../../src/sdk/omission/claim.ts"
import { convictOmission } from "../../../src/sdk/omission/convict.ts"
import { silentLog } from "../../../src/service/log.ts"
import { Governance__factory } from "../../../types/contracts/index.js"
import { account } from "../../cli/chain.ts"
import { anchored, receiptOf } from "../book/samples.ts"
import type { View } from "../../../src/challenger/view.ts"
import { Post, Stage } from "../stage.ts"
import { TestChecker, TestSources } from "./doubles.ts"

const DAY = 86_400
const CHOOSER = chooser({ share: 1, minCoverage: 0n }, new Uint8Array(32))
const OTHER = `0x${"77".repeat(32)}`

describe("accusations", function () {
  this.timeout(120_000)
  let stage: Stage
  let folder: string
  let post: Post
  let sources: TestSources
  let undo: () => Promise<void>
  let files = 0

  before(async () => {
    stage = await Stage.open()
    folder = mkdtempSync(join(tmpdir(), "onus-accusations-"))
  })
  after(async () => {
    await stage.close()
    rmSync(folder, { recursive: true })
  })
  beforeEach(async () => {
    undo = await stage.snapshot()
    sources = new TestSources()
    post = await Post.open(stage, join(folder, `${++files}`))
  })
  afterEach(async () => {
    await post.close()
    await undo()
  })

  const show = async (receipt: Receipt, by?: Wallet): Promise<string> => {
    await post.book.see([{ signed: await stage.sign(receipt, by), source: "consumer" }], await stage.time())
    return stage.idOf(receipt)
  }
  const openCases = async (): Promise<readonly Case[]> => post.book.cases("open", 99)
  const accusedIn = async () => (await openCases()).map(({ id }) => id)

  describe("of equivocation", () => {
    const judge = async () =>
      new Equivocations({ book: post.book, desk: post.desk, chooser: CHOOSER }).tick(await post.view())

    it("are made of two signatures about one request, once", async () => {
      const first = await stage.receipt()
      const [one, two] = [await show(first), await show({ ...first, outputCommitment: OTHER })]
      await show(await stage.receipt())
      await judge()
      await judge()
      const [accused, ...others] = await openCases()
      expect(others).deep.equal([])
      expect([accused.receiptId, accused.otherId]).have.members([one, two])
      expect(accused.reason).contain(first.requestId)
      const thaw = await post.desk.thawPeriod()
      expect(accused.deadline).equal(Number(first.issuedAt) + thaw)
    })

    it("are none, where a signature is of somebody else, or of nobody", async () => {
      const first = await stage.receipt()
      await show(first)
      await show({ ...first, outputCommitment: OTHER }, stage.stranger)
      const third = await stage.sign({ ...first, termsHash: OTHER })
      const garbled = { ...third, signature: `0x${"5a".repeat(65)}` }
      await post.book.see([{ signed: garbled, source: "provider" }], 0)
      await judge()
      expect(await openCases()).deep.equal([])
      expect(await post.book.contests(await stage.time(), 9)).deep.equal([])
      // With the signature that it has, it is one.
      await post.book.see([{ signed: third, source: "consumer" }], 0)
      await judge()
      expect(await openCases()).have.length(1)
    })

    it("are of every receipt with a bond; a place binds like a signature", async () => {
      const first = await stage.receipt()
      const second = { ...first, outputCommitment: OTHER }
      const third = { ...first, termsHash: OTHER }
      const { inclusions } = await stage.anchor([first, await stage.receipt()])
      await attest(await stage.client(stage.provider), await stage.sign(second))
      await post.poll()
      const { registry } = await stage.client(stage.provider)
      const listed = { registry, receipt: first, signature: `0x${"5a".repeat(65)}` }
      await post.book.see([{ signed: listed, inclusion: inclusions[0], source: "provider" }], 0)
      const three = await show(third)
      await judge()
      const [one, two] = [await stage.idOf(first), await stage.idOf(second)]
      const cases = await openCases()
      expect(cases.map(({ receiptId }) => receiptId)).have.members([one, two])
      // The signature is the shorter proof.
      expect(cases.map(({ otherId }) => otherId)).deep.equal([three, three])
      const known = await Promise.all([one, two].map((id) => post.book.find(id)))
      expect(cases.map(({ deadline }) => deadline)).have.members(known.map((found) => found!.deadline))
    })

    it("wait until the chain's clock has come to a signature of tomorrow", async () => {
      const first = await stage.receipt({ issuedAt: BigInt((await stage.time()) + 1000) })
      await show(first)
      await show({ ...first, outputCommitment: OTHER })
      await judge()
      expect(await openCases()).deep.equal([])
      await stage.pass(1100)
      await judge()
      expect(await openCases()).have.length(1)
    })

    it("are not made again of what was convicted already, where there is no other bond", async () => {
      const first = await stage.receipt()
      const second = { ...first, outputCommitment: OTHER }
      await show(first)
      await show(second)
      const challenger = await stage.client(stage.challenger)
      await convictEquivocation(challenger, await stage.sign(first), await stage.sign(second))
      await judge()
      expect(await openCases()).deep.equal([])
    })
  })

  describe("of omission", () => {
    const judge = async (policy: OmissionPolicy = "certain", readUntil = Infinity, view?: View) =>
      new Omissions({
        readUntil: () => readUntil,
        book: post.book,
        sources,
        desk: post.desk,
        disputes: post.watch.disputes,
        chooser: CHOOSER,
        policy,
        patience: 300,
        log: silentLog,
      }).tick(view ?? (await post.view()))
    const late = async (fields: Partial<Receipt> = {}) =>
      stage.receipt({ anchorBy: BigInt(await stage.time()) + 100n, ...fields })

    it("are certain when the provider shows no place, and nothing is hidden; after some patience", async () => {
      const receipt = await late()
      const id = await show(receipt)
      await stage.pass(200)
      await judge()
      expect([await openCases(), sources.asked]).deep.equal([[], []])
      await stage.pass(300)
      await judge("never")
      expect(await openCases()).deep.equal([])
      await judge()
      const [accused] = await openCases()
      expect([accused.id, accused.deadline]).deep.equal([
        caseId("omission", id),
        Number(receipt.issuedAt) + STATUTE,
      ])
      await judge()
      expect(sources.asked).deep.equal([id])
    })

    it("are none as long as events of the time in which it was to be anchored may be missing", async () => {
      const receipt = await late()
      const id = await show(receipt)
      const readUntil = await stage.time()
      await stage.anchor([receipt])
      await stage.pass(900)
      // Events cannot be read for a while, heads can.
      const latest = (await post.chain.blockAt("latest"))!
      const head = { latest, final: latest.number }
      const view = { head, clock: BigInt(latest.timestamp), baseFee: 1n, balance: undefined }
      await judge("certain", readUntil, view)
      expect(await openCases()).deep.equal([])
      const [again] = await post.book.unplaced((await stage.time()) + 3_600, 9)
      expect(again.id).equal(id)
    })

    it("are none, where the provider shows the place; it is kept then", async () => {
      const receipt = await late()
      const id = await show(receipt)
      const { inclusions } = await stage.anchor([receipt])
      await stage.pass(500)
      sources.receipts.set(id, {
        signed: await stage.sign(receipt),
        inclusion: inclusions[0],
        source: "provider",
      })
      await judge("unanswered")
      expect(await openCases()).deep.equal([])
      expect((await post.book.find(id))?.inclusion).deep.equal(inclusions[0])
      expect(await post.book.unplaced(await stage.time(), 9)).deep.equal([])
    })

    it("wait while a batch of that time is not known whole, and while the provider cannot be reached", async () => {
      const id = await show(await late())
      const { batchId } = await stage.anchor([await stage.receipt()])
      await stage.pass(500)
      await judge()
      expect(await openCases()).deep.equal([])
      await post.book.noteBatch(batchId, { isWhole: true, nextAt: 0 })
      sources.failure = "FetchFailed"
      await stage.pass(4000)
      await judge()
      expect(await openCases()).deep.equal([])
      sources.failure = "FetchMissing"
      await stage.pass(4000)
      await judge()
      expect(await accusedIn()).deep.equal([caseId("omission", id)])
    })

    it("wait for a place that is not on-chain, and for another receipt, like for none", async () => {
      const [receipt, other] = [await late(), await late()]
      const [id, second] = [await show(receipt), await show(other)]
      const back = await stage.snapshot()
      const { inclusions } = await stage.anchor([receipt])
      await back()
      await stage.pass(500)
      const signed = await stage.sign(receipt)
      sources.receipts.set(id, { signed, inclusion: inclusions[0], source: "provider" })
      sources.receipts.set(second, { signed, source: "provider" })
      await judge()
      expect(await accusedIn()).deep.equal([caseId("omission", id)])
    })

    it("are made of silence only if that is wanted, and little time is left", async () => {
      const id = await show(await late())
      sources.failure = "FetchFailed"
      await stage.pass(7 * DAY)
      await judge("unanswered")
      expect(await openCases()).deep.equal([])
      await stage.pass(0.6 * DAY)
      await judge("certain")
      expect(await openCases()).deep.equal([])
      await stage.pass(2 * 3600)
      await judge("unanswered")
      const [accused] = await openCases()
      expect([accused.id, accused.reason.includes("does not say where")]).deep.equal([
        caseId("omission", id),
        true,
      ])
    })

    it("are given up after their time", async () => {
      await show(await late())
      await stage.pass(11 * DAY)
      await judge("unanswered")
      expect([await openCases(), sources.asked]).deep.equal([[], []])
      expect(await post.book.unplaced(await stage.time(), 9)).deep.equal([])
    })

    it("are of what came too late, if the provider shows no better place", async () => {
      const receipt = await late()
      const id = await show(receipt)
      await stage.pass(150)
      const { inclusions, batchId } = await stage.anchor([receipt])
      await stage.pass(400)
      const signed = await stage.sign(receipt)
      sources.receipts.set(id, { signed, inclusion: inclusions[0], source: "provider" })
      await judge()
      expect(await accusedIn()).deep.equal([caseId("omission", id)])
      expect((await post.book.findBatch(batchId))!.time).greaterThan(Number(receipt.anchorBy))
    })

    it("are excused by a pause of anchors", async () => {
      const id = await show(await late())
      const { addresses } = stage.local.deployment
      const governance = Governance__factory.connect(addresses.Governance, account(0).connect(stage.rpc))
      await send(governance.pauseAnchors(3600))
      await stage.pass(500)
      await judge()
      expect([await openCases(), sources.asked]).deep.equal([[], []])
      expect(await post.book.findCase(caseId("omission", id))).equal(undefined)
    })

    it("are none of receipts that nobody is bound to", async () => {
      await show(await late(), stage.stranger)
      await stage.pass(500)
      await judge()
      expect([await openCases(), sources.asked]).deep.equal([[], []])
    })

    it("are left to whoever has claimed it before", async () => {
      const receipt = await late()
      const id = await show(receipt)
      await stage.pass(500)
      const claimant = await stage.client(stage.challenger)
      await claimOmission(claimant, await stage.sign(receipt))
      await judge()
      expect(await openCases()).deep.equal([])
      await stage.pass(DAY + 100)
      await stage.mine(2)
      await stage.rpc.send("hardhat_mine", ["0x200"])
      await convictOmission(claimant, await stage.sign(receipt))
      await judge()
      expect(await post.book.findCase(caseId("omission", id))).equal(undefined)
    })
  })

  describe("of everything that a scheduler finds", () => {
    let checker: TestChecker
    let scheduler: Scheduler
    beforeEach(() => {
      checker = new TestChecker()
      checker.opinion = { verdict: "match" }
      scheduler = new Scheduler({
        book: post.book,
        sources,
        checker,
        desk: post.desk,
        disputes: post.watch.disputes,
        chooser: CHOOSER,
        omissions: "certain",
        concurrency: 2,
        log: silentLog,
      })
    })
    afterEach(() => scheduler.close())
    const tick = async () => {
      await scheduler.tick(await post.view())
      await scheduler.idle()
    }

    it("begin with a batch: its receipts are read, run, and compared with each other", async () => {
      checker.opinion = { verdict: "mismatch", reason: "wrong" } as never
      const first = await stage.receipt()
      const receipts = [first, { ...first, outputCommitment: OTHER }]
      const { batchId, inclusions } = await stage.anchor(receipts)
      const signed = await Promise.all(receipts.map((receipt) => stage.sign(receipt)))
      const listed = signed.map((one, i) => {
        return { signed: one, inclusion: inclusions[i], source: "provider" } as const
      })
      sources.lists.set(batchId, listed)
      await tick()
      await tick()
      const ids = await Promise.all(receipts.map((receipt) => stage.idOf(receipt)))
      expect(checker.begun).have.members(ids)
      expect(await accusedIn()).have.members(
        ids.flatMap((id) => [caseId("execution", id), caseId("equivocation", id)]),
      )
      expect((await post.book.findBatch(batchId))?.isWhole).equal(true)
    })

    it("are not made of somebody else's receipt in a batch", async () => {
      const foreign = await stage.receipt({ provider: stage.stranger.address })
      const { registry } = await stage.client(stage.provider)
      const own = await stage.receipt()
      // A tree of two leaves, the second of which names another provider.
      const { batchId, inclusions } = await stage.anchor([own, { ...own, termsHash: OTHER }])
      sources.lists.set(batchId, [
        { signed: await stage.sign(own), inclusion: inclusions[0], source: "provider" },
        {
          signed: { registry, receipt: foreign, signature: "0x" },
          inclusion: inclusions[1],
          source: "provider",
        },
      ])
      await tick()
      expect(checker.begun).deep.equal([await stage.idOf(own)])
    })

    it("are not looked for in batches that nothing can follow from, however many there are", async () => {
      const batches = Array.from(
        { length: 300 },
        (_, i) => anchored([receiptOf(i)], 1000 + i, {}, { block: 1 }).batch,
      )
      const { batchId } = await stage.anchor([await stage.receipt()])
      await post.poll()
      await post.book.seeBatches(batches)
      await scheduler.tick(await post.view())
      await scheduler.idle()
      expect(sources.asked).deep.equal([batchId])
      expect(await post.book.batchesToList(NEVER - 1, 0, 9)).have.length(1)
    })

    it("wait for the next head, where reading a batch fails for no reason of its own", async () => {
      const { batchId } = await stage.anchor([await stage.receipt()])
      sources.failure = "DatabaseFull"
      await tick()
      expect(sources.asked).deep.equal([batchId])
      await stage.mine()
      await tick()
      expect(sources.asked).deep.equal([batchId, batchId])
      expect((await post.book.findBatch(batchId))?.attempts).equal(0)
    })

    it("find the places of handed-in receipts one by one, where a provider does not list", async () => {
      sources.failure = "FetchMissing"
      const receipt = await stage.receipt()
      const id = await show(receipt)
      const { batchId, inclusions } = await stage.anchor([receipt, await stage.receipt()])
      const signed = await stage.sign(receipt)
      sources.receipts.set(id, { signed, inclusion: inclusions[0], source: "provider" })
      await tick()
      expect(checker.begun).deep.equal([id])
      const { isWhole, attempts, nextAt } = (await post.book.findBatch(batchId))!
      expect([isWhole, attempts]).deep.equal([false, 1])
      expect(nextAt).greaterThan(await stage.time())
      // One that is handed in later is asked for at once.
      const late = await stage.receipt()
      const second = await show(late)
      const prepared = await stage.anchor([late])
      const view = await post.view()
      await post.book.noteBatch(prepared.batchId, { isWhole: false, nextAt: NEVER })
      await scheduler.tick(view)
      sources.receipts.set(second, {
        signed: await stage.sign(late),
        inclusion: prepared.inclusions[0],
        source: "provider",
      })
      scheduler.poke(second)
      await scheduler.idle()
      expect(checker.begun).deep.equal([id, second])
    })
  })
})
