import { expect } from "chai"
import { offer, raise } from "../../../src/chain/transactions/fees.ts"
import { DEFAULT_POLICY, isUrgent } from "../../../src/chain/transactions/policy.ts"
import { Priority } from "../../../src/chain/transactions/transactions.ts"
import { GWEI, Stage } from "./stage.ts"

describe("What a transaction offers", () => {
  const policy = { ...DEFAULT_POLICY, tip: { least: 1n, most: 10n } }

  it("leaves room for the base fee to double, within the cap", () => {
    expect(offer({ base: 100n, tip: 5n }, 1_000n, policy)).to.deep.equal({ most: 205n, tip: 5n })
    expect(offer({ base: 100n, tip: 5n }, 150n, policy)).to.deep.equal({ most: 150n, tip: 5n })
    expect(offer({ base: 100n, tip: 5n }, 102n, policy)).to.deep.equal({ most: 102n, tip: 2n })
  })

  it("is nothing where the cap does not reach the next block", () => {
    expect(offer({ base: 100n, tip: 5n }, 101n, policy)).to.not.equal(undefined)
    expect(offer({ base: 100n, tip: 5n }, 100n, policy)).to.equal(undefined)
  })

  it("does not follow a node that names absurd tips", () => {
    expect(offer({ base: 100n, tip: 10n ** 18n }, 1_000n, policy)?.tip).to.equal(10n)
    expect(offer({ base: 100n, tip: 0n }, 1_000n, policy)?.tip).to.equal(1n)
  })

  it("is raised by an eighth at least in both fields, rounded up, never above the cap", () => {
    const low = { most: 1n, tip: 1n }
    expect(raise({ most: 100n, tip: 10n }, low, 1_000n)).to.deep.equal({ most: 113n, tip: 12n })
    expect(raise({ most: 1n, tip: 0n }, low, 1_000n)).to.deep.equal({ most: 2n, tip: 1n })
    expect(raise({ most: 100n, tip: 10n }, { most: 500n, tip: 90n }, 1_000n)).to.deep.equal({
      most: 500n,
      tip: 90n,
    })
    expect(raise({ most: 100n, tip: 10n }, { most: 500n, tip: 90n }, 113n)).to.deep.equal({
      most: 113n,
      tip: 90n,
    })
    expect(raise({ most: 100n, tip: 10n }, { most: 500n, tip: 90n }, 112n)).to.equal(undefined)
  })

  it("may be the hard cap for answers, and for anchors whose deadline is near", () => {
    const anchor = { priority: Priority.Anchor, since: 1_000, deadline: 11_000 }
    expect(isUrgent(anchor, 8_499, policy)).to.equal(false)
    expect(isUrgent(anchor, 8_500, policy)).to.equal(true)
    expect(isUrgent({ ...anchor, since: 10_650 }, 10_699, policy)).to.equal(false)
    expect(isUrgent({ ...anchor, since: 10_650 }, 10_700, policy)).to.equal(true)
    expect(isUrgent({ ...anchor, priority: Priority.Claim }, 20_000, policy)).to.equal(false)
    expect(isUrgent({ ...anchor, deadline: undefined }, 20_000, policy)).to.equal(false)
    expect(isUrgent({ priority: Priority.Defence, since: 0, deadline: undefined }, 0, policy)).to.equal(true)
  })
})

describe("The price of gas", () => {
  let stage: Stage
  before(async () => (stage = await Stage.open()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

  /** Lets blocks pass that have no place for the account's transactions. */
  const mineWithoutUs = async (blocks: number, base: bigint) => {
    for (let i = 0; i < blocks; i++) {
      await stage.setBaseFee(base)
      await stage.mine()
    }
    await stage.setBaseFee(base)
  }

  it("raises what is in no block after some blocks, by an eighth or more, under the same nonce", async () => {
    const { transactions, tick } = await stage.open()
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    const first = transactions.pending()[0]
    for (let i = 1; i <= 2; i++) {
      await mineWithoutUs(1, 10n * GWEI)
      await tick()
      expect(transactions.pending()[0].hash, `after ${i} blocks`).to.equal(first.hash)
    }
    await mineWithoutUs(1, 10n * GWEI)
    await tick()
    await tick()
    const second = transactions.pending()[0]
    expect(second).to.include({ attempts: 2, nonce: 0 })
    expect(second.fee! >= (first.fee! * 9n) / 8n && second.fee! >= 10n * GWEI).to.equal(true)
    expect(await stage.finish(transactions, "a")).to.include({ state: "confirmed", hash: second.hash })
    expect(await stage.effects(5n)).to.equal(1)
  })

  it("never raises above the cap, says that it waits for gas, and goes on when gas is cheap again", async () => {
    const { transactions, tick } = await stage.open()
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    await mineWithoutUs(5, 1_000n * GWEI)
    for (let i = 0; i < 5; i++) {
      await tick()
      await mineWithoutUs(1, 1_000n * GWEI)
    }
    expect(transactions.pending()[0]).to.include({ stage: "waitingForGas", attempts: 1 })
    await mineWithoutUs(2, 40n * GWEI)
    for (let i = 0; i < 20; i++) {
      await tick()
      expect((transactions.pending()[0]?.fee ?? 0n) <= 50n * GWEI).to.equal(true)
      await mineWithoutUs(1, 49n * GWEI)
    }
    expect(await transactions.outcomeOf("a")).to.include({ state: "confirmed" })
    expect(await stage.effects(5n)).to.equal(1)
  })

  it("does not start above the cap of each priority, but answers challenges up to the hard one", async () => {
    const { transactions, bell, tick } = await stage.open()
    await transactions.submit(stage.mint("anchor", 5n))
    await transactions.submit(stage.mint("claim", 6n, { priority: Priority.Claim }))
    await transactions.submit(stage.mint("answer", 7n, { priority: Priority.Defence }))
    await mineWithoutUs(1, 100n * GWEI)
    await tick()
    const stages = () => Object.fromEntries(transactions.pending().map(({ key, stage }) => [key, stage]))
    expect(stages()).to.deep.equal({ anchor: "waitingForGas", claim: "waitingForGas", answer: "sent" })
    await mineWithoutUs(1, 20n * GWEI)
    await tick()
    expect(stages()).to.include({ anchor: "sent", claim: "waitingForGas" })
    expect(bell.standing.has("GasAboveCap")).to.equal(false)
    await stage.setBaseFee(GWEI)
    await stage.finish(transactions, "claim")
    for (const amount of [5n, 6n, 7n]) expect(await stage.effects(amount)).to.equal(1)
  })

  it("tells when an answer to a challenge cannot pay what the chain asks", async () => {
    const { transactions, bell, tick } = await stage.open()
    await transactions.submit(stage.mint("answer", 7n, { priority: Priority.Defence }))
    await mineWithoutUs(1, 600n * GWEI)
    await tick()
    expect(bell.standing.get("GasAboveCap")?.details?.key).to.equal("answer")
    await stage.setBaseFee(GWEI)
    await stage.mine()
    await tick()
    expect(bell.standing.has("GasAboveCap")).to.equal(false)
  })

  it("lets an anchor use the hard cap when its deadline is near, by the chain's time", async () => {
    const { transactions, tick } = await stage.open()
    const { timestamp } = (await stage.head()).latest
    await transactions.submit(stage.mint("a", 5n, { deadline: timestamp + 10_000 }))
    await mineWithoutUs(1, 100n * GWEI)
    await tick()
    expect(transactions.pending()[0].stage).to.equal("waitingForGas")
    await stage.rpc("evm_increaseTime", 8_000)
    await mineWithoutUs(1, 100n * GWEI)
    await tick()
    expect(transactions.pending()[0].stage).to.equal("sent")
    expect(await stage.finish(transactions, "a")).to.include({ state: "confirmed" })
  })

  it("raises what stands before an answer to a challenge", async () => {
    const { transactions, tick } = await stage.open()
    await transactions.submit(stage.mint("anchor", 5n))
    await tick()
    const before = transactions.pending()[0]
    await mineWithoutUs(1, 100n * GWEI)
    await transactions.submit(stage.mint("answer", 7n, { priority: Priority.Defence }))
    await tick()
    await mineWithoutUs(1, 100n * GWEI)
    await tick()
    const [anchor, answer] = transactions.pending()
    expect([anchor.nonce, answer.nonce]).to.deep.equal([0, 1])
    expect(anchor.hash).to.not.equal(before.hash)
    expect(anchor.fee! >= answer.fee!).to.equal(true)
    await stage.mine()
    await tick()
    expect(transactions.pending().map(({ stage }) => stage)).to.deep.equal(["included", "included"])
  })

  it("starts what is nearly late however much stands in flight that cannot pay, and raises that", async () => {
    const { transactions, tick } = await stage.open()
    const { timestamp } = (await stage.head()).latest
    for (let i = 0; i < 8; i++)
      await transactions.submit(stage.mint(`claim ${i}`, BigInt(10 + i), { priority: Priority.Claim }))
    for (let i = 0; i < 8; i++) await transactions.submit(stage.mint(`anchor ${i}`, BigInt(20 + i)))
    await tick()
    // Gas costs more from now on than any of these may pay.
    for (let block = 0; block < 4; block++) {
      await mineWithoutUs(1, 60n * GWEI)
      await tick()
    }
    await transactions.submit(stage.mint("late", 5n, { deadline: timestamp + 600 }))
    for (let block = 0; block < 6; block++) {
      await tick()
      await mineWithoutUs(1, 60n * GWEI)
    }
    await stage.rpc("evm_increaseTime", 400)
    for (let block = 0; block < 12; block++) {
      await stage.setBaseFee(60n * GWEI)
      await stage.mine()
      await tick()
    }
    expect(await stage.effects(5n)).to.equal(1)
  })

  it("keeps what it offered across a restart", async () => {
    const { transactions, tick, database } = await stage.open()
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    await mineWithoutUs(3, 10n * GWEI)
    await tick()
    const [{ hash, fee }] = transactions.pending()
    await transactions.close()
    const next = await stage.open({ database })
    expect(next.transactions.pending()[0]).to.include({ hash, fee, attempts: 2 })
    expect(await stage.finish(next.transactions, "a")).to.include({ state: "confirmed", hash })
  })
})
