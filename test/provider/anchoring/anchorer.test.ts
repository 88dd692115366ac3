import { expect } from "chai"
import { ZeroHash, hexlify, randomBytes } from "ethers"
import { Anchorer, keyOf } from "../../../src/provider/anchoring/anchorer.ts"
import { Inclusions } from "../../../src/provider/anchoring/inclusion.ts"
import { openJournal } from "../../../src/provider/journal/open.ts"
import type { Journal } from "../../../src/provider/journal.ts"
import { type Receipt, receiptId } from "../../../src/protocol/receipt.ts"
import { verifySumPath } from "../../../src/protocol/sum-tree.ts"
import { Onus__factory } from "../../../types/contracts/index.js"
import type { Alert } from "../../../src/service/alerts.ts"
import type { Database } from "../../../src/store/database.ts"
import { openDatabase } from "../../../src/store/open.ts"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { answering } from "../helpers/contracts.ts"
import { Sending } from "../helpers/sending.ts"
import { viewAt } from "../helpers/view.ts"
import { expectError } from "../../sdk/expect-error.ts"

const registry = { chainId: 31337n, address: `0x${"aa".repeat(20)}` }
const provider = `0x${"11".repeat(20)}`
const modelId = `0x${"22".repeat(32)}`

describe("anchoring", () => {
  let folder: string
  let database: Database
  let journal: Journal
  let sending: Sending
  let alerts: Alert[]
  let anchored: Map<string, number>

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "onus-anchoring-"))
    database = await openDatabase(`sqlite:${join(folder, "node.db")}`)
    journal = await openJournal(database, registry)
    sending = new Sending()
    alerts = []
    anchored = new Map()
  })

  afterEach(async () => {
    await database.close()
    rmSync(folder, { recursive: true })
  })

  /** A chain of which only what was anchored in which block is known; a block takes a second. */
  function open(limits = {}): Anchorer {
    const onus = Onus__factory.connect(registry.address)
    const lockOf = (id: string) => Promise.resolve({ since: BigInt(anchored.get(id) ?? 0) })
    const client = { onus: answering(onus, { lockOf }) }
    const blockAt = (number: number) =>
      number < 0 ? null : { number, timestamp: number, hash: `0x${number}` }
    const reader = {
      getBlock: (number: number) => Promise.resolve(blockAt(number)),
      getLogs: ({ topics, fromBlock, toBlock }: { topics: string[]; fromBlock: number; toBlock: number }) => {
        const block = anchored.get(topics[1])
        const isThere = block !== undefined && block >= fromBlock && block <= toBlock
        return Promise.resolve(isThere ? [{ blockNumber: block, blockHash: `0x${block}` }] : [])
      },
    }
    return new Anchorer({
      journal,
      transactions: sending,
      client,
      reader: reader as never,
      alerts: { raise: (alert) => void alerts.push(alert), resolve: () => undefined },
      limits: { maxCount: 100, maxAge: 60, margin: 300, waitAbove: 30n, ...limits },
      cover: { isNearlyUsed: false },
      fromBlock: 0,
    })
  }

  async function answer(count: number, terms: Partial<Receipt> = {}): Promise<void> {
    for (let i = 0; i < count; i++) {
      const receipt: Receipt = {
        provider,
        modelId,
        requestId: hexlify(randomBytes(32)),
        inputCommitment: ZeroHash,
        outputCommitment: ZeroHash,
        traceCommitment: ZeroHash,
        consumer: `0x${"33".repeat(20)}`,
        coverage: 100n,
        issuedAt: 1_000n,
        anchorBy: 4_600n,
        challengeWindow: 600n,
        termsHash: ZeroHash,
        ...terms,
      }
      const { outputCommitment, traceCommitment, ...rest } = receipt
      void [outputCommitment, traceCommitment]
      const { entry } = await journal.claim({ terms: rest, trace: "lazy", inputs: Uint8Array.of(1) })
      const signed = {
        registry,
        receipt,
        signature: `0x${"00".repeat(65)}`,
        receiptId: receiptId(registry, receipt),
      }
      await journal.keep(entry.request, signed)
    }
  }

  it("puts what is due into one batch, whose tree holds every receipt, and sends it once", async () => {
    const anchorer = open()
    await answer(5)
    await anchorer.tick(viewAt(1_030))
    expect(sending.intents.size).equal(0)
    await anchorer.tick(viewAt(1_060))
    await anchorer.tick(viewAt(1_061))
    expect(sending.intents.size).equal(1)
    const [{ batchId, batch, anchorBy }] = await journal.batches("assigned")
    expect([batch.count, batch.coverage, anchorBy]).deep.equal([5n, 500n, 4_600n])
    const [intent] = sending.intents.values()
    expect([intent.key, intent.deadline]).deep.equal([keyOf(batchId), 4_300])
    const inclusions = new Inclusions(journal)
    const inclusion = (await inclusions.of({ batchId, index: 3 }))!
    expect(await inclusions.of({})).equal(undefined)
    const rows = await database.query("SELECT COUNT(*) AS amount FROM batches")
    expect(rows[0].amount).equal(1)
    expect(inclusion.path.length).equal(3)
    expect(() =>
      verifySumPath(
        { digest: batch.root, sum: 500n },
        5,
        { receiptId: ZeroHash, coverage: 100n },
        3,
        inclusion.path,
      ),
    ).throw("is not at 3")
  })

  it("is done when the chain says so for good, and never before", async () => {
    const anchorer = open()
    await answer(2)
    await anchorer.tick(viewAt(1_060))
    const [{ batchId }] = await journal.batches("assigned")
    anchored.set(batchId, 1_062)
    await anchorer.tick(viewAt(1_063))
    expect((await journal.batches("assigned")).length).equal(1)
    sending.outcomes.set(keyOf(batchId), { state: "confirmed", hash: "0x", block: 1_062 })
    await anchorer.tick(viewAt(1_075))
    const [record] = await journal.batches("anchored")
    expect(record.anchoredAt).deep.equal({ block: 1_062, blockHash: "0x1062", time: 1_062 })
    expect(sending.intents.size).equal(0)
  })

  it("sends what a crash kept from being sent, under the same name", async () => {
    await answer(2)
    await open().tick(viewAt(1_060))
    sending.intents.clear()
    const again = open()
    await again.tick(viewAt(1_070))
    await again.tick(viewAt(1_071))
    const [{ batchId }] = await journal.batches("assigned")
    expect([...sending.intents.keys()]).deep.equal([keyOf(batchId)])
    expect(sending.submitted).equal(2)
  })

  it("takes a batch that somebody else has anchored as anchored, once that is final", async () => {
    const anchorer = open()
    await answer(2)
    await anchorer.tick(viewAt(1_060))
    const [{ batchId }] = await journal.batches("assigned")
    sending.outcomes.set(keyOf(batchId), {
      state: "refused",
      code: "AlreadyAnchored",
      reason: "AlreadyAnchored()",
    })
    anchored.set(batchId, 1_065)
    await anchorer.tick(viewAt(1_070))
    expect((await journal.batches("assigned")).length).equal(1)
    await anchorer.tick(viewAt(1_075))
    expect((await journal.batches("anchored"))[0].anchoredAt?.block).equal(1_065)
    expect(alerts).deep.equal([])
  })

  it("makes smaller batches when stake for a large one is gone, and tells", async () => {
    const anchorer = open()
    await answer(4)
    await anchorer.tick(viewAt(1_060))
    const [{ batchId }] = await journal.batches("assigned")
    const reason = "The contract refused: StakeTooLow(provider=0x, active=1, need=2)"
    sending.outcomes.set(keyOf(batchId), { state: "reverted", hash: "0x", block: 1_061, reason })
    await anchorer.tick(viewAt(1_080, { capacity: 250n }))
    expect(alerts.map(({ code }) => code)).contain("StakeTooLow")
    expect((await journal.batches("assigned")).map(({ batch }) => batch.count)).deep.equal([2n])
    expect((await journal.waiting())[0].count).equal(2)
  })

  it("makes no batch that would be refused, and counts what is on its way", async () => {
    const anchorer = open()
    await answer(3)
    await anchorer.tick(viewAt(1_060, { capacity: 299n }))
    expect((await journal.batches("assigned")).map(({ batch }) => batch.count)).deep.equal([2n])
    await anchorer.tick(viewAt(1_070, { capacity: 299n }))
    expect((await journal.batches("assigned")).length).equal(1)
    await anchorer.tick(viewAt(1_080, { capacity: 300n }))
    expect((await journal.batches("assigned")).length).equal(2)
  })

  it("waits while anchors are paused, and tries again what was refused for it", async () => {
    const anchorer = open()
    await answer(1)
    await anchorer.tick(viewAt(1_060, { pausedUntil: 2_000n }))
    expect((await journal.batches("assigned")).length).equal(0)
    await anchorer.tick(viewAt(2_000, { pausedUntil: 2_000n }))
    const [{ batchId }] = await journal.batches("assigned")
    sending.outcomes.set(keyOf(batchId), {
      state: "refused",
      code: "AnchorsPaused",
      reason: "AnchorsPaused(until=3000)",
    })
    for (const time of [2_100, 2_600, 2_999]) await anchorer.tick(viewAt(time, { pausedUntil: 3_000n }))
    expect(sending.submitted).equal(1)
    expect(alerts).deep.equal([])
    await anchorer.tick(viewAt(3_000, { pausedUntil: 3_000n }))
    expect([sending.submitted, (await journal.batches("assigned")).length]).deep.equal([2, 1])
  })

  it("tells when a receipt is late, and anchors it all the same", async () => {
    const anchorer = open()
    await answer(1)
    await anchorer.tick(viewAt(4_700))
    await anchorer.tick(viewAt(4_701))
    expect(alerts.map(({ code, severity }) => `${severity} ${code}`)).contain("critical AnchorMissed")
    expect([...sending.intents.values()][0].deadline).equal(4_600)
  })

  it("sends on leaving what would be due before another process can take over", async () => {
    const anchorer = open({ maxAge: 3_000 })
    await answer(1)
    await anchorer.tick(viewAt(1_060), { isLeaving: false })
    expect(sending.intents.size).equal(0)
    await anchorer.tick(viewAt(1_061), { isLeaving: true })
    expect(sending.intents.size).equal(1)
  })

  it("keeps windows and models apart", async () => {
    const anchorer = open()
    await answer(1)
    await answer(2, { challengeWindow: 900n })
    await answer(3, { modelId: `0x${"44".repeat(32)}` })
    await anchorer.tick(viewAt(1_100))
    const counts = (await journal.batches("assigned")).map(({ batch }) => batch.count)
    expect(counts.toSorted()).deep.equal([1n, 2n, 3n])
  })

  it("anchors everything else when one receipt is damaged on the disk, and names that one", async () => {
    const anchorer = open()
    await answer(3)
    const [{ receipt_id: id }] = await database.query("SELECT receipt_id FROM claims ORDER BY seq LIMIT 1")
    const damage = "UPDATE claims SET output_commitment = ? WHERE receipt_id = ?"
    await database.transact([{ sql: damage, values: [`0x${"77".repeat(32)}`, id] }])
    await anchorer.tick(viewAt(1_060))
    expect((await journal.batches("assigned")).map(({ batch }) => batch.count)).deep.equal([2n])
    expect(new Set(alerts.map(({ code, message }) => `${code} ${message.includes(String(id))}`))).deep.equal(
      new Set(["ReceiptDamaged true"]),
    )
  })

  it("goes on with all other batches when one cannot be dealt with, and says what is wrong", async () => {
    const anchorer = open()
    await answer(1)
    await answer(1, { challengeWindow: 700n })
    await anchorer.tick(viewAt(1_060))
    const [first, second] = await journal.batches("assigned")
    // A block that no node has any more.
    sending.outcomes.set(keyOf(first.batchId), { state: "confirmed", hash: "0x", block: -1 })
    sending.outcomes.set(keyOf(second.batchId), { state: "confirmed", hash: "0x", block: 1_062 })
    await answer(1, { challengeWindow: 800n })
    await expectError("BlockMissing", () => anchorer.tick(viewAt(1_075)))
    expect((await journal.batches("anchored")).map(({ batchId }) => batchId)).deep.equal([second.batchId])
    expect((await journal.batches("assigned")).length).equal(2)
  })
})
