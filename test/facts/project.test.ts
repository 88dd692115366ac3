import { expect } from "chai"
import { ZeroAddress, id } from "ethers"
import { MemoryStore } from "../../src/facts/memory/store.ts"
import { REGISTRY, clockAt } from "../../src/facts/project/clock.ts"
import { ordinalAt } from "../../src/facts/project/fault.ts"
import { begin, project } from "../../src/facts/project/project.ts"

const PROVIDER = `0x${"a1".repeat(20)}`
const CHALLENGER = `0x${"c1".repeat(20)}`
const ANSWER_BLOCKS = 7
const [BATCH, MODEL, RECEIPT, APART, PROOF] = ["batch", "model", "receipt", "apart", "proof"].map((name) =>
  id(name),
)

/** A store with one anchored batch, and a chain that goes on. */
async function start() {
  const store = new MemoryStore()
  let logIndex = 0
  let block = 100
  const tell = (
    contract: string,
    name: string,
    args: Record<string, unknown>,
    isSameBlock = true,
  ): Promise<void> => {
    if (!isSameBlock) [block, logIndex] = [block + 1, 0]
    const place = { block, time: 1_000_000 + block, transaction: id(`${block}`), logIndex: logIndex++ }
    return project(store, { contract, name, args, address: ZeroAddress, ...place })
  }
  await begin(store, { answerBlocks: ANSWER_BLOCKS })
  await tell("onus", "TermsChanged", { terms: { minStake: 100n, minWindowBlocks: 3n, escrow: 60n } })
  await tell("onus", "StakeDeposited", { provider: PROVIDER, amount: 1_000n })
  await tell("onus", "BatchAnchored", {
    batchId: BATCH,
    provider: PROVIDER,
    modelId: MODEL,
    root: id("root"),
    count: 2n,
    coverage: 20n,
    window: 600n,
  })
  return { store, tell }
}

describe("The projection of events", () => {
  it("takes an upload for a question that the provider has answered, whose bond nobody knows until it is settled", async () => {
    const { store, tell } = await start()
    await tell("onus", "BondTaken", { lockId: BATCH, bond: 20n }, false)
    await tell("onus", "ReceiptDetained", { lockId: APART, receiptId: RECEIPT, bond: 20n, until: 1_000_900n })
    await tell("judge", "Advanced", { receiptId: RECEIPT, proofId: PROOF, challenger: CHALLENGER, terms: 5n })
    const reveal = (await store.get("reveal", `${RECEIPT}/${PROOF}`))!
    expect([reveal.kind, reveal.bond, reveal.responder]).to.deep.equal(["upload", null, PROVIDER])
    const dispute = (await store.get("dispute", RECEIPT))!
    expect([dispute.provider, dispute.asked, dispute.answered, dispute.due]).to.deep.equal([
      PROVIDER,
      1,
      1,
      0,
    ])
    expect((await store.get("bond", APART))!.untilBlock).to.equal(101 + ANSWER_BLOCKS)
    await tell(
      "judge",
      "Advanced",
      { receiptId: RECEIPT, proofId: PROOF, challenger: CHALLENGER, terms: 9n },
      false,
    )
    expect((await store.get("dispute", RECEIPT))!.asked).to.equal(1)
    expect((await store.get("bond", APART))!.untilBlock).to.equal(101 + ANSWER_BLOCKS)
    const settled = { receiptId: RECEIPT, questionId: PROOF, to: CHALLENGER, bond: 77n }
    await tell("judge", "Settled", settled, false)
    expect((await store.get("reveal", reveal.id))!.bond).to.equal(77n)
    expect((await store.get("dispute", RECEIPT))!.bonds).to.equal(0n)
  })

  it("moves a bond apart, and counts it with what it was taken from", async () => {
    const { store, tell } = await start()
    await tell("onus", "BondTaken", { lockId: BATCH, bond: 40n }, false)
    await tell("onus", "ReceiptDetained", { lockId: APART, receiptId: RECEIPT, bond: 40n, until: 1_000_900n })
    const home = (await store.get("bond", BATCH))!
    expect([home.amount, home.receipts, home.state]).to.deep.equal([0n, 1, "moved"])
    await tell("onus", "BondReleased", { lockId: APART, provider: PROVIDER, bond: 40n }, false)
    const provider = (await store.get("provider", PROVIDER))!
    expect([provider.locked, provider.anchored, provider.released]).to.deep.equal([0n, 2, 1])
  })

  const CONVICTED = {
    provider: PROVIDER,
    challenger: CHALLENGER,
    offenceId: id("offence"),
    payoutId: RECEIPT,
    bond: 20n,
    punitive: 5n,
    restitution: 10n,
    reward: 5n,
  }
  const MASS = { seasoned: 0n, exposure: 1n, slashed: 1n, allowance: 0n, updatedAt: 1_000_100n }
  const damaged = (modelId: string) => ({ provider: PROVIDER, modelId, providerMass: MASS, modelMass: MASS })

  it("convicts the model that was to be run, whatever the batch says it was", async () => {
    const { store, tell } = await start()
    const run = id("another model")
    await tell("onus", "BondTaken", { lockId: BATCH, bond: 20n }, false)
    await tell("onus", "ReceiptDetained", { lockId: APART, receiptId: RECEIPT, bond: 20n, until: 1_000_900n })
    await tell("judge", "Advanced", { receiptId: RECEIPT, proofId: PROOF, challenger: CHALLENGER, terms: 5n })
    await tell("reputation", "ReputationUpdated", damaged(run), false)
    await tell("onus", "BondTaken", { lockId: APART, bond: 20n })
    await tell("onus", "Convicted", { ...CONVICTED, receiptId: RECEIPT, fault: 1n })
    const models = [
      (await store.get("conviction", RECEIPT))!.model,
      (await store.get("receipt", RECEIPT))!.model,
      (await store.get("dispute", RECEIPT))!.model,
    ]
    expect(models).to.deep.equal([run, run, run])
    const convicted = async (model: string) => (await store.get("service", `${PROVIDER}/${model}`))?.convicted
    expect([await convicted(run), await convicted(MODEL)]).to.deep.equal([1, 0])
  })

  it("counts a receipt out of its batch once, however often it is convicted", async () => {
    const { store, tell } = await start()
    for (const [fault, payoutId, bond] of [
      [0n, RECEIPT, 20n],
      [1n, id("offence 1"), 0n],
    ] as const) {
      await tell("reputation", "ReputationUpdated", damaged(MODEL), false)
      await tell("onus", "BondTaken", { lockId: BATCH, bond })
      const offenceId = id(`offence ${fault}`)
      const shares = bond === 0n ? { restitution: 0n, reward: 1n } : {}
      await tell("onus", "Convicted", {
        ...CONVICTED,
        receiptId: RECEIPT,
        fault,
        offenceId,
        payoutId,
        bond,
        ...shares,
      })
      expect((await store.get("bond", BATCH))!.receipts).to.equal(1)
    }
    await tell("onus", "BondReleased", { lockId: BATCH, provider: PROVIDER, bond: 20n }, false)
    const { released, convicted } = (await store.get("provider", PROVIDER))!
    expect([released, convicted]).to.deep.equal([1, 1])
  })

  it("keeps a dispute open while the receipt can be convicted where else it was anchored", async () => {
    const { store, tell } = await start()
    const [other, otherApart] = [id("other"), id("other apart")]
    const anchored = { provider: PROVIDER, modelId: MODEL, root: id("root"), count: 2n, coverage: 20n }
    await tell("onus", "BatchAnchored", { batchId: other, ...anchored, window: 900n })
    for (const [home, apart, until] of [
      [BATCH, APART, 1_000_102n],
      [other, otherApart, 1_000_105n],
    ] as const) {
      await tell("onus", "BondTaken", { lockId: home, bond: 20n }, false)
      await tell("onus", "ReceiptDetained", { lockId: apart, receiptId: RECEIPT, bond: 20n, until })
      await tell("judge", "Advanced", {
        receiptId: RECEIPT,
        proofId: PROOF,
        challenger: CHALLENGER,
        terms: until,
      })
    }
    const later = async (blocks: number) => {
      for (let i = 0; i < blocks; i++)
        await tell("onus", "StakeDeposited", { provider: PROVIDER, amount: 1n }, false)
    }
    await later(2)
    await tell("onus", "BondReleased", { lockId: APART, provider: PROVIDER, bond: 20n }, false)
    expect((await store.get("dispute", RECEIPT))!.state).to.equal("open")
    await later(ANSWER_BLOCKS)
    await tell("onus", "BondReleased", { lockId: otherApart, provider: PROVIDER, bond: 20n }, false)
    expect((await store.get("dispute", RECEIPT))!.state).to.equal("dismissed")
    expect((await store.get("provider", PROVIDER))!.disputesWon).to.equal(1)
  })

  it("counts an answer as run again only if somebody else than its provider disputed it", async () => {
    for (const [challenger, count] of [
      [PROVIDER, 0],
      [CHALLENGER, 1],
    ] as const) {
      const { store, tell } = await start()
      await tell("onus", "BondTaken", { lockId: BATCH, bond: 20n }, false)
      await tell("onus", "ReceiptDetained", { lockId: APART, receiptId: RECEIPT, bond: 20n, until: 1n })
      await tell("judge", "Advanced", { receiptId: RECEIPT, proofId: PROOF, challenger, terms: 5n })
      // Until the clock and the chain are past the lock's end.
      await store.change("dispute", RECEIPT, { until: 2, untilBlock: 2 })
      await tell("onus", "BondReleased", { lockId: APART, provider: PROVIDER, bond: 20n }, false)
      expect((await store.get("provider", PROVIDER))!.reExecuted).to.equal(count)
    }
  })

  it("calls no claim won whose bond went back without an answer", async () => {
    const { store, tell } = await start()
    const zero = id("zero")
    const content = {
      provider: PROVIDER,
      modelId: MODEL,
      requestId: zero,
      inputCommitment: zero,
      outputCommitment: zero,
      traceCommitment: zero,
      consumer: CHALLENGER,
      coverage: 1n,
      issuedAt: 1n,
      anchorBy: 2n,
      challengeWindow: 600n,
      termsHash: zero,
    }
    const about = { receiptId: RECEIPT, provider: PROVIDER, claimant: CHALLENGER, due: 5n, dueBlock: 5n }
    await tell("omission", "Claimed", { ...about, bond: 9n, receipt: content })
    await tell("omission", "Settled", { receiptId: RECEIPT, to: CHALLENGER, bond: 9n }, false)
    expect(await store.get("dispute", RECEIPT)).to.include({ state: "open", bonds: 0n })
    const { disputesOpen, disputesWon, answersMissed } = (await store.get("provider", PROVIDER))!
    expect([disputesOpen, disputesWon, answersMissed]).to.deep.equal([1, 0, 1])
    await tell(
      "onus",
      "Convicted",
      { ...CONVICTED, receiptId: RECEIPT, fault: 2n, bond: 0n, restitution: 0n, reward: 1n },
      false,
    )
    const after = (await store.get("provider", PROVIDER))!
    expect([after.disputesOpen, after.disputesWon, after.disputesLost]).to.deep.equal([0, 0, 1])
    expect(after.answersMissed).to.equal(1)
  })

  it("has the clock stand still as long as disputes are stopped, also when a stop is ended early or made longer", async () => {
    const { store, tell } = await start()
    const clock = async (time: number): Promise<number> =>
      clockAt((await store.get("registry", REGISTRY))!, time)
    await tell("onus", "DisputesStoppedFor", { from: 2_000n, duration: 500n })
    expect([await clock(1_999), await clock(2_100), await clock(2_600)]).to.deep.equal([1_999, 2_000, 2_100])
    await tell("onus", "DisputesStoppedFor", { from: 2_000n, duration: 100n })
    expect([await clock(2_100), await clock(2_600)]).to.deep.equal([2_000, 2_500])
    await tell("onus", "DisputesStoppedFor", { from: 9_000n, duration: 40n })
    expect([await clock(9_010), await clock(10_000)]).to.deep.equal([8_900, 9_860])
  })

  it("has a conviction pay by the terms that its lock began with", async () => {
    const { store, tell } = await start()
    await tell("onus", "TermsChanged", { terms: { minStake: 100n, minWindowBlocks: 3n, escrow: 999n } })
    const convicted = {
      receiptId: RECEIPT,
      provider: PROVIDER,
      challenger: CHALLENGER,
      fault: 1n,
      offenceId: id("offence"),
      punitive: 100n,
      restitution: 10n,
      reward: 24n,
    }
    await tell("onus", "BondTaken", { lockId: BATCH, bond: 20n }, false)
    await tell("onus", "Convicted", { ...convicted, payoutId: RECEIPT, bond: 20n })
    const time = 1_000_101
    expect((await store.get("credit", `${RECEIPT}/reward`))!.maturesAt).to.equal(time + 60 * 60)
    expect((await store.get("credit", `${RECEIPT}/burned`))!.amount).to.equal(86n)
    await tell("onus", "Convicted", { ...convicted, payoutId: PROOF, bond: 0n })
    expect((await store.get("credit", `${PROOF}/reward`))!.maturesAt).to.equal(time + 60 * 999)
    expect((await store.get("provider", PROVIDER))!.faults).to.equal(1)
  })

  it("counts a fault as the third while the two before are less than 90 days old", () => {
    const day = 86_400
    const ordinals = [89, 91].map((days) =>
      ordinalAt({ previousFaultAt: 1000, lastFaultAt: 1000 + day }, 1000 + days * day),
    )
    expect(ordinals).to.deep.equal([3, 1])
    expect(ordinalAt({ previousFaultAt: 1000, lastFaultAt: 1000 + 2 * day }, 1000 + 90 * day)).to.equal(2)
    expect(ordinalAt({ previousFaultAt: 0, lastFaultAt: 0 }, 1000)).to.equal(1)
  })

  it("keeps hostile text as text that databases take", async () => {
    const { store, tell } = await start()
    const uri = `\u{1F600}${"x".repeat(4093)}\u{1F600}${"x".repeat(100_000)}`
    await tell("providers", "ProviderRegistered", { provider: PROVIDER, uri })
    const kept = (await store.get("provider", PROVIDER))!.uri
    expect(kept)
      .to.have.length(4096)
      .and.to.satisfy((text: string) => text.isWellFormed())
    const [event] = await store.list("event")
    expect(event.data.length).to.be.lessThan(1000)
    expect(JSON.parse(event.data)).to.have.property("provider", PROVIDER)
  })

  it("undoes what belongs to later blocks", async () => {
    const { store, tell } = await start()
    const before = await store.list("provider")
    store.mark(101)
    await tell("onus", "ThawStarted", { provider: PROVIDER, amount: 5n, maturesAt: 9n }, false)
    await tell("providers", "ProviderRegistered", { provider: CHALLENGER, uri: "" })
    expect(await store.count("provider")).to.equal(2)
    store.undoAfter(100)
    expect(await store.list("provider")).to.deep.equal(before)
  })
})
