import { expect } from "chai"
import { ZeroHash } from "ethers"
import type { Audits } from "../../../types/contracts/index.js"
import { Audits__factory } from "../../../types/contracts/index.js"
import { Auditor, type AuditorOptions } from "../../../src/challenger/audits/auditor.ts"
import { leafOf, seatsOf } from "../../../src/challenger/audits/draw.ts"
import type { Known, KnownBatch } from "../../../src/challenger/book.ts"
import { openBook } from "../../../src/challenger/book/open.ts"
import { receiptAt } from "../../../src/challenger/node/audits.ts"
import { type Inclusion, batchId } from "../../../src/protocol/batch.ts"
import { receiptId } from "../../../src/protocol/receipt.ts"
import { prepareBatch } from "../../../src/sdk/anchor.ts"
import { openContracts } from "../../../src/challenger/play/contracts.ts"
import { proofOf } from "../../../src/challenger/play/proof.ts"
import type { Execution } from "../../../src/engine/executor.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import { connect } from "../../../src/sdk/client.ts"
import { leaveSeat, startLeaving, takeSeat } from "../../../src/sdk/audits/seats.ts"
import { silentLog } from "../../../src/service/log.ts"
import type { AttestOptions, Court } from "../../faults/court.ts"
import { LIE, PROGRAM, TOP, eachAlone, honestRun, lyingRun, openCourt } from "../../faults/dispute.ts"
import { MemoryDatabase } from "../../chain/memory-database.ts"
import { Table } from "../../game/table.ts"
import { expectError } from "../../sdk/expect-error.ts"
import { Arena } from "../play/arena.ts"

const UNIT = 10n ** 18n
const FEE = UNIT / 10n
const SEATS = [0n, 1n, 2n]

describe("an auditor", () => {
  let court: Court
  let audits: Audits
  let arena: Arena
  let mismatches: Known[]

  before(async () => {
    court = await openCourt()
    const { ethers } = court.connection
    const address = await (await ethers.deployContract("Audits", [court.onus, 100n * UNIT])).getAddress()
    audits = Audits__factory.connect(address, court.challenger)
    for (const one of [court.challenger, court.consumer]) {
      await court.token.mint(one, 1_000n * UNIT)
      await court.token.connect(one).approve(address, 1_000n * UNIT)
    }
    const client = await connect(court.challenger, court.registry.address)
    const owner = await court.challenger.getAddress()
    for (const seat of SEATS) expect((await takeSeat(client, audits, owner)).seat).equal(seat)
  })
  eachAlone(() => court)
  beforeEach(async () => {
    mismatches = []
    arena = await new Arena(court, { run: honestRun(), opinion: { verdict: "match" } }).start()
  })
  afterEach(() => arena.close())

  /** Answers of a run, three in a batch: all of them are audited, and one of them is known. */
  async function funded(run: Execution, options?: AttestOptions) {
    const { receipt, inclusion } = await court.anchor(run, options)
    await audits.connect(court.consumer).fund(inclusion.batch, 3, FEE)
    await arena.mine(10)
    const known = arena.book.add({
      id: await court.onus.receiptIdOf(receipt),
      signed: { registry: court.registry, receipt, signature: "0x" },
      inclusion,
    })
    return { receipt, inclusion, known }
  }

  async function auditor(known: Known, more: Partial<AuditorOptions> = {}) {
    const client = await connect(arena.chain, court.registry.address)
    const one = new Auditor({
      chain: arena.chain,
      contracts: await openContracts(client),
      audits,
      me: arena.wallet.address,
      receiptAt: (_, index) => Promise.resolve(placedAt(known, index)),
      checker: { runOf: () => Promise.resolve(arena.machine.run) },
      transactions: arena.transactions,
      draws: true,
      minFee: 0n,
      fromBlock: 0,
      onMismatch: (found) => void mismatches.push(found),
      log: silentLog,
      ...more,
    })
    return async (times = 1) => {
      for (let i = 0; i < times; i++) {
        const view = await arena.view()
        await one.tick(view)
        await arena.transactions.tick(view.head)
        await arena.mine()
      }
    }
  }

  const placedAt = (known: Known, index: number): Known | undefined =>
    Number(known.inclusion!.index) === index ? known : undefined

  it("draws, vouches on its turn for what it has run, and is paid when the answer is final", async () => {
    const { known } = await funded(honestRun())
    const tick = await auditor(known)
    await tick(4)
    expect(arena.kinds).deep.equal(["draw", "vouch"])
    const { seed, count, audits: number, seats } = await audits.fundOf(0)
    const fund = { seed: BigInt(seed), count, audits: number, seats }
    for (const one of [0n, 1n, 2n]) {
      expect(leafOf(fund, one)).equal(Number(await audits.drawnIndex(0, one)))
      expect(seatsOf(fund, one)[0]).equal((await audits.onTurn(0, one)).seat)
    }
    expect((await audits.auditOf(0, known.id)).report).equal(1n)
    const before = await court.token.balanceOf(arena.wallet.address)
    await arena.pass(3_700)
    await tick(4)
    expect(arena.kinds).deep.equal(["draw", "vouch", "settle"])
    expect((await court.token.balanceOf(arena.wallet.address)) - before).equal(FEE)
    expect(mismatches).deep.equal([])
  })

  it("never vouches for an answer that is not its own run's, and has it checked", async () => {
    const { known } = await funded(lyingRun())
    const tick = await auditor(known)
    await tick(5)
    expect(arena.kinds).deep.equal(["draw"])
    expect(mismatches.map(({ id }) => id)).deep.equal([known.id])
  })

  it("leaves answers alone that commit to no trace, fees that are too small, and turns of others", async () => {
    const { known } = await funded(honestRun(), { traceCommitment: ZeroHash })
    await (
      await auditor(known)
    )(4)
    expect(arena.kinds).deep.equal(["draw"])
    await (
      await auditor(known, { minFee: 2n * FEE })
    )(2)
    expect(arena.kinds).deep.equal(["draw"])
    for (const seat of SEATS) await startLeaving(audits, seat)
    await expectError("LeaveNotDue", () => leaveSeat(audits, 0n))
    await (
      await auditor(known)
    )(2)
    expect(arena.kinds).deep.equal(["draw"])
  })

  it("reports a conviction of its own as an audit, and is paid for that when it can be taken back no more", async () => {
    const run = lyingRun()
    const { receipt, inclusion, known } = await funded(run)
    const tick = await auditor(known)
    await tick(2)
    const { evidence } = proofOf(run, commit(run), LIE, 0)
    await court.onus.connect(court.challenger).convict(1, receipt, inclusion, evidence)
    await tick(3)
    expect(arena.kinds).deep.equal(["draw", "refute"])
    await arena.pass(4 * 86_400)
    const before = await court.token.balanceOf(arena.wallet.address)
    await tick(3)
    expect((await court.token.balanceOf(arena.wallet.address)) - before).equal(FEE)
  })

  it("vouches for nothing that its provider was asked about and has not answered", async () => {
    const { known, receipt, inclusion } = await funded(honestRun())
    await new Table(court, PROGRAM, receipt, inclusion).demand(TOP, court.strangers[0])
    const tick = await auditor(known)
    await tick(4)
    expect(arena.kinds).deep.equal(["draw"])
  })

  it("answers in the place of a provider that lets itself be convicted, and keeps its seat", async () => {
    const { known, receipt, inclusion } = await funded(honestRun())
    const tick = await auditor(known)
    await tick(4)
    const table = new Table(court, PROGRAM, receipt, inclusion)
    await table.demand(TOP, court.strangers[0])
    await tick(2)
    expect(arena.kinds, "first it is the provider's turn").deep.equal(["draw", "vouch"])
    const { due } = await table.demandOf(TOP.question)
    await table.passTo(due - 3_600n, 0n)
    await tick(3)
    expect(arena.kinds).deep.equal(["draw", "vouch", "answer"])
    expect((await table.demandOf(TOP.question)).responder.toLowerCase()).equal(arena.me)
  })

  it("is paid for what it has vouched for also when it was away until fees went back", async () => {
    const { known } = await funded(honestRun())
    await (
      await auditor(known)
    )(4)
    const { refundAt } = await audits.fundOf(0)
    await arena.pass(Number(refundAt - (await court.onus.clock())) + 4_000)
    await audits.refund(0)
    const before = await court.token.balanceOf(arena.wallet.address)
    await (
      await auditor(known)
    )(4)
    expect(arena.kinds).deep.equal(["draw", "vouch", "settle"])
    expect((await court.token.balanceOf(arena.wallet.address)) - before).equal(FEE)
  })

  it("looks at the place that is audited of a receipt that has several", async () => {
    const { receipt, inclusion } = await court.anchor(honestRun())
    const { registry } = court
    const longer = prepareBatch({ registry }, [receipt, { ...receipt, requestId: ZeroHash }])
    const book = await openBook(new MemoryDatabase(), registry)
    const signed = { registry, receipt, signature: "0x" }
    const at = (place: Inclusion, until: number): KnownBatch => ({
      ...{
        id: batchId(place.batch),
        batch: place.batch,
        block: until,
        blockHash: ZeroHash,
        time: 1,
        since: 1,
      },
      ...{ until, untilBlock: 0, isWhole: true, attempts: 0, nextAt: 0 },
    })
    const places = [inclusion, longer.inclusions[0]]
    await book.see(
      places.map((place) => ({ signed, inclusion: place, source: "provider" }) as const),
      1,
    )
    await book.seeBatches([at(places[0], 100), at(places[1], 200)])
    for (const place of places) {
      const list = () => Promise.resolve([{ signed, inclusion: place, source: "provider" }] as const)
      const found = await receiptAt(book, { list }, batchId(place.batch), Number(place.index))
      expect(found?.inclusion?.batch.root).equal(place.batch.root)
    }
    const alone = await receiptAt(
      book,
      { list: () => Promise.reject(new Error()) },
      receiptId(registry, receipt),
      0,
    )
    expect(alone?.inclusion).equal(undefined)
  })
})
