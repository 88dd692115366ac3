import { expect } from "chai"
import { Governance__factory } from "../../../types/contracts/index.js"
import type { SpendPolicy } from "../../../src/challenger/value/policy.ts"
import type { Court } from "../../faults/court.ts"
import { PROGRAM, eachAlone, honestRun, lyingRun, openCourt } from "../../faults/dispute.ts"
import { Table } from "../../game/table.ts"
import { prepareBatch } from "../../../src/sdk/anchor.ts"
import { type Batch, type Inclusion, batchId } from "../../../src/protocol/batch.ts"
import type { Receipt } from "../../../src/protocol/receipt.ts"
import { DEMAND_GAS, bondAt } from "../../../src/sdk/bond.ts"
import { Arena } from "./arena.ts"

const HIDDEN = { verdict: "mismatch", proof: "hidden", reason: "another answer" } as const
/** Seconds in which several commitments run out. */
const LONG = 4_000

describe("a challenger that others would make pay", () => {
  let court: Court
  let arena: Arena

  before(async () => (court = await openCourt()))
  eachAlone(() => court)
  afterEach(() => arena.close())

  /** A receipt whose provider hides a lie, for weeks. */
  async function accuse(policy: Partial<SpendPolicy> = {}): Promise<string> {
    arena = await new Arena(court, { run: honestRun(), opinion: HIDDEN }, { policy }).start()
    return (await another()).id
  }

  async function another() {
    const { receipt, inclusion } = await court.anchor(lyingRun(), { challengeWindow: 86_400n })
    const id = await court.onus.receiptIdOf(receipt)
    arena.book.add({ id, signed: { registry: court.registry, receipt, signature: "0x" }, inclusion })
    const about = { accusation: "execution", receiptId: id, reason: "", deadline: 2 ** 40 } as const
    await arena.book.accuse({ ...about, notes: "{}" })
    return { id, receipt, inclusion, table: new Table(court, PROGRAM, receipt, inclusion) }
  }

  const guardian = async () => {
    const [first] = await court.connection.ethers.getSigners()
    return Governance__factory.connect(await court.onus.governance(), first)
  }

  it("pays for no commitments while its budget for bonds is used up", async () => {
    await accuse({ mostBonds: 1n })
    for (let i = 0; i < 4; i++) {
      await arena.ticks(3)
      await arena.pass(LONG)
    }
    expect(arena.kinds).deep.equal([])
    expect(arena.bell.standing.get("BondBudgetReached")?.message).contain("Raise the limits")
  })

  it("pays for no commitments while disputes are stopped", async () => {
    await accuse()
    await (await guardian()).stopDisputes(5 * LONG)
    for (let i = 0; i < 4; i++) {
      await arena.ticks(3)
      await arena.pass(LONG)
    }
    expect(arena.kinds).deep.equal([])
    await arena.pass(2 * LONG)
    await arena.until(() => arena.kinds.includes("demand"))
  })

  it("leaves no dearer bond than its budget allows when the price of gas has risen", async () => {
    const { baseFeePerGas } = (await court.connection.ethers.provider.getBlock("latest"))!
    const price = bondAt(await court.judge.answerPrice(), baseFeePerGas!, DEMAND_GAS)
    await accuse({ mostBonds: 2n * price })
    await arena.until(() => arena.kinds.includes("commit"))
    const view = await arena.view()
    await arena.play.player.tick(view)
    expect(arena.kinds).deep.equal(["commit", "demand"])
    const { networkHelpers } = court.connection
    const dear = async () => {
      await networkHelpers.setNextBlockBaseFeePerGas(50n * (price / DEMAND_GAS))
      await networkHelpers.mine()
    }
    await dear()
    for (let i = 0; i < 16; i++) {
      await arena.transactions.tick((await arena.view()).head)
      await dear()
      await networkHelpers.mine(1, { interval: 60 })
      await dear()
      await arena.play.player.tick(await arena.view())
    }
    const { left } = await arena.play.bonds.sums()
    expect(left <= 2n * price, `${left} wei are left, ${2n * price} may be`).equal(true)
    expect(arena.bell.standing.get("BondBudgetReached")?.message).contain("Raise the limits")
  })

  it("forgets a bond that it was killed before it could leave", async () => {
    const id = await accuse()
    arena.crash = (when, { kind }) => {
      if (when === "before" && kind === "demand") throw new Error("killed")
    }
    await arena.until(async () => (await arena.play.bonds.sums()).left > 0n)
    arena.crash = undefined
    await arena.start()
    await arena.pass(100_000)
    await arena.until(() => arena.book.about("execution", id).state !== "open")
    expect(await arena.play.bonds.sums()).deep.equal({ left: 0n, back: 0n, lost: 0n })
  })

  it("keeps to the place that it asked at when its provider anchors the receipt anew meanwhile", async () => {
    arena = await new Arena(court, { run: honestRun(), opinion: HIDDEN }).start()
    const { id, receipt, inclusion } = await another()
    await arena.until(() => arena.kinds.includes("demand"))
    const { batch, inclusions } = prepareBatch({ registry: court.registry }, [receipt])
    const later = { ...batch, window: batch.window + 100n }
    await court.onus.connect(court.providers[0]).anchor(later)
    const known = (await arena.book.find(id))!
    arena.book.add({ ...known, inclusion: { ...inclusions[0], batch: later } })
    arena.book.places.set(id, [inclusion])
    const now = await court.connection.networkHelpers.time.latestBlock()
    arena.book.blocks.set(batchId(inclusion.batch), now - 20).set(batchId(later), now)
    // What it has read is forgotten.
    await arena.start()
    await arena.ticks(2)
    await arena.pass(86_400 + 2_000)
    const { isOpen } = await placeAt(later, inclusions[0], receipt)
    expect(isOpen, "the new window is over").equal(false)
    await arena.until(() => arena.book.about("execution", id).state === "won")
  })

  const placeAt = async (batch: Batch, inclusion: Inclusion, receipt: Receipt) => {
    const [, , , isOpen] = await court.onus.locate(receipt, { ...inclusion, batch })
    return { isOpen }
  }
})
