import { expect } from "chai"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NEVER } from "../../../src/challenger/book.ts"
import { answerer } from "../../../src/engine/audit/game/answer.ts"
import { nodeQuestion, questionId } from "../../../src/engine/audit/game/question.ts"
import { Space } from "../../../src/protocol/program.ts"
import { attest } from "../../../src/sdk/attest.ts"
import { send } from "../../../src/sdk/client.ts"
import { convictEquivocation } from "../../../src/sdk/convict.ts"
import { answerDemand } from "../../../src/sdk/game/answer.ts"
import { openCourt } from "../../../src/sdk/game/court.ts"
import { demand } from "../../../src/sdk/game/demand.ts"
import { answerOmission } from "../../../src/sdk/omission/answer.ts"
import { claimOmission } from "../../../src/sdk/omission/claim.ts"
import { settleOmission } from "../../../src/sdk/omission/settle.ts"
import { PROGRAM } from "../../sdk/samples.ts"
import { Post, RUN, Stage, TOKEN } from "../stage.ts"

describe("what a challenger watches", function () {
  this.timeout(120_000)
  let stage: Stage
  let folder: string
  let post: Post
  let undo: () => Promise<void>
  let files = 0

  before(async () => {
    stage = await Stage.open()
    folder = mkdtempSync(join(tmpdir(), "onus-watch-"))
  })
  after(async () => {
    await stage.close()
    rmSync(folder, { recursive: true })
  })
  beforeEach(async () => {
    undo = await stage.snapshot()
    post = await Post.open(stage, join(folder, `${++files}`))
  })
  afterEach(async () => {
    await post.close()
    await undo()
  })

  const reopen = async (): Promise<void> => {
    await post.close()
    post = await Post.open(stage, join(folder, `${files}`))
  }

  it("are batches, with their windows on the registry's clock", async () => {
    const receipts = [await stage.receipt(), await stage.receipt()]
    const { batchId, inclusions } = await stage.anchor(receipts)
    const { latest } = await post.poll()
    const { onus } = await stage.client(stage.provider)
    const lock = await onus.lockOf(batchId)
    const at = Number(lock.since)
    expect(at).equal(latest.timestamp)
    expect(await post.book.findBatch(batchId)).deep.equal({
      id: batchId,
      batch: inclusions[0].batch,
      block: latest.number,
      blockHash: latest.hash,
      time: at,
      since: at,
      until: at + 3600,
      untilBlock: Number(lock.untilBlock),
      isWhole: false,
      attempts: 0,
      nextAt: 0,
    })
    expect(await post.book.batchesToList(at, at, 9)).have.length(1)
  })

  it("is dealt with for good when it is final, and not asked for again after a restart", async () => {
    const { batchId } = await stage.anchor([await stage.receipt()])
    await stage.mine(5)
    await post.poll()
    await post.book.noteBatch(batchId, { isWhole: true, nextAt: NEVER })
    expect(post.watch.cursor).equal((await stage.rpc.getBlockNumber()) - 3)
    await reopen()
    await post.poll()
    expect((await post.book.findBatch(batchId))?.isWhole).equal(true)
  })

  it("is gone when its block was undone, and there again in another", async () => {
    const receipt = await stage.receipt()
    const back = await stage.snapshot()
    const { batchId } = await stage.anchor([receipt])
    const attested = await stage.receipt()
    await attest(await stage.client(stage.provider), await stage.sign(attested))
    await post.poll()
    expect((await post.book.find(await stage.idOf(attested)))?.isAttested).equal(true)
    await back()
    await stage.pass(100)
    await stage.mine(3)
    await post.poll()
    expect(await post.book.findBatch(batchId)).equal(undefined)
    expect((await post.book.find(await stage.idOf(attested)))?.deadline).equal(NEVER)
    await stage.anchor([receipt])
    const { latest } = await post.poll()
    const { block, blockHash, time } = (await post.book.findBatch(batchId))!
    expect([block, blockHash, time]).deep.equal([latest.number, latest.hash, latest.timestamp])
  })

  it("are answers that were attested directly, with the receipt from the event", async () => {
    const receipt = await stage.receipt()
    await attest(await stage.client(stage.provider), await stage.sign(receipt))
    const { latest } = await post.poll()
    const known = (await post.book.find(await stage.idOf(receipt)))!
    expect(known.signed.receipt).deep.equal(receipt)
    expect([known.signed.signature, known.isAttested]).deep.equal(["0x", true])
    expect(known.deadline).equal(latest.timestamp + 3600)
    expect(await post.book.due(latest.timestamp, 9)).have.length(1)
  })

  it("is where providers and models are served, as last said", async () => {
    const { directory } = post.watch
    const back = await stage.snapshot()
    const client = await stage.client(stage.provider)
    await send((await client.providers()).setUri("https://second.example"))
    await post.poll()
    expect(await directory.uriOf(stage.provider.address)).equal("https://second.example")
    expect(await directory.modelUriOf(PROGRAM.modelId)).equal("https://first.example/relu.onnx")
    await back()
    await stage.pass(100)
    await post.poll()
    expect(await directory.uriOf(stage.provider.address)).equal("https://first.example")
    expect(await directory.uriOf(stage.stranger.address)).equal(undefined)
  })

  it("is nothing, where somebody says what is no text or endless", async () => {
    const { directory } = post.watch
    const client = await stage.client(stage.stranger)
    const providers = await client.providers()
    const encoded = providers.interface.encodeFunctionData("register", ["https://stranger"])
    const broken = encoded.replace(Buffer.from("https").toString("hex"), "ff".repeat(5))
    const runner = client.onus.runner as unknown as { sendTransaction: (call: object) => Promise<never> }
    await send(runner.sendTransaction({ to: await providers.getAddress(), data: broken }))
    await post.poll()
    expect(await directory.uriOf(stage.stranger.address)).equal(undefined)
    await send(providers.setUri(`https://${"a".repeat(3000)}`))
    await post.poll()
    expect(await directory.uriOf(stage.stranger.address)).equal(undefined)
    await send(providers.setUri("https://fine"))
    await post.poll()
    expect(await directory.uriOf(stage.stranger.address)).equal("https://fine")
  })

  it("is what others ask, what is answered, and the receipt that they showed", async () => {
    const receipt = await stage.receipt()
    const { batchId, inclusions } = await stage.anchor([receipt, await stage.receipt()])
    const id = await stage.idOf(receipt)
    const court = await openCourt(await stage.client(stage.challenger))
    const accused = { receipt, inclusion: inclusions[0], header: PROGRAM.header }
    const question = nodeQuestion(Space.Output, 0, 0)
    await demand(court, accused, PROGRAM, { kind: "demandNode", question }, { bond: 10n ** 17n })
    const { latest } = await post.poll()
    const known = (await post.book.find(id))!
    expect(known.inclusion).deep.equal(inclusions[0])
    expect(known.deadline).greaterThan((await post.book.findBatch(batchId))!.until)
    const [dispute] = await post.watch.disputes.open(9)
    expect(dispute.receiptId).equal(id)
    expect([dispute.block, dispute.isOpen, dispute.convictions]).deep.equal([latest.number, true, []])
    const [asked] = dispute.asked
    expect([asked.questionId, asked.challenger, asked.bond, asked.isAnswered]).deep.equal([
      questionId(question),
      stage.challenger.address.toLowerCase(),
      10n ** 17n,
      false,
    ])
    const provider = await openCourt(await stage.client(stage.provider))
    await answerDemand(provider, accused, question, answerer(RUN)(question))
    await post.poll()
    expect((await post.watch.disputes.of(id))!.asked[0].isAnswered).equal(true)
  })

  it("is a demand that was undone no more; and a receipt that was passed is run when somebody disputes it", async () => {
    const receipt = await stage.receipt()
    const { inclusions } = await stage.anchor([receipt])
    const id = await stage.idOf(receipt)
    const back = await stage.snapshot()
    const seen = { signed: await stage.sign(receipt), inclusion: inclusions[0], source: "consumer" } as const
    await post.book.see([seen], 0)
    await post.book.judge(id, { state: "passed", reason: "not drawn" })
    const court = await openCourt(await stage.client(stage.challenger))
    const accused = { receipt, inclusion: inclusions[0], header: PROGRAM.header }
    const question = nodeQuestion(Space.Output, 0, 0)
    await demand(court, accused, PROGRAM, { kind: "demandNode", question })
    await post.poll()
    expect((await post.book.find(id))?.state).equal("unchecked")
    await back()
    await stage.pass(100)
    await post.poll()
    expect(await post.watch.disputes.open(9)).deep.equal([])
  })

  it("are claims, with the signature that the claimant showed, and the place that the provider answers with", async () => {
    const receipt = await stage.receipt({ anchorBy: BigInt(await stage.time()) + 50n })
    const { inclusions } = await stage.anchor([receipt])
    const id = await stage.idOf(receipt)
    await stage.pass(100)
    const claimant = await stage.client(stage.challenger)
    const signed = await stage.sign(receipt)
    await claimOmission(claimant, signed)
    await post.poll()
    const known = (await post.book.find(id))!
    expect([known.signed.signature, known.inclusion]).deep.equal([signed.signature, undefined])
    const [open] = await post.watch.disputes.open(9)
    expect(open.asked[0].questionId).equal("")
    await answerOmission(claimant, signed, inclusions[0])
    await settleOmission(claimant, signed)
    await post.poll()
    expect((await post.book.find(id))?.inclusion).deep.equal(inclusions[0])
    const over = (await post.watch.disputes.of(id))!
    expect([over.isOpen, over.asked[0].isAnswered]).deep.equal([false, true])
    expect(over.asked[0].paidTo).equal(stage.provider.address.toLowerCase())
    expect(await post.watch.disputes.open(9)).deep.equal([])
    expect(await post.watch.disputes.ended(0, 9)).have.length(1)
  })

  it("are convictions", async () => {
    const first = await stage.receipt()
    const second = { ...first, outputCommitment: `0x${"77".repeat(32)}` }
    const [one, two] = [await stage.sign(first), await stage.sign(second)]
    const { payoutId, punitive } = await convictEquivocation(await stage.client(stage.challenger), one, two)
    await post.poll()
    const { convictions, isOpen } = (await post.watch.disputes.of(await stage.idOf(first)))!
    expect(isOpen).equal(false)
    const challenger = stage.challenger.address.toLowerCase()
    expect(convictions).deep.equal([
      { accusation: "equivocation", payoutId, challenger, taken: punitive, isReturned: false },
    ])
    expect(punitive).greaterThan(TOKEN)
  })
})
