import { expect } from "chai"
import { type Signer, id as hashOf } from "ethers"
import { type SignedReceipt, receiptId, signReceipt } from "../../../src/protocol/receipt.ts"
import { prepareBatch } from "../../../src/sdk/anchor.ts"
import { chainTime } from "../../../src/sdk/chain-time.ts"
import { type Client, connect } from "../../../src/sdk/client.ts"
import { addKey } from "../../../src/sdk/keys.ts"
import { equivocationEvidence } from "../../../src/sdk/convict.ts"
import { answerOmission } from "../../../src/sdk/omission/answer.ts"
import { claimOmission } from "../../../src/sdk/omission/claim.ts"
import { Court, DIGITS } from "../../faults/court.ts"
import { eachAlone, honestRun } from "../../faults/dispute.ts"
import { receiptWith } from "../../sdk/samples.ts"
import { Arena } from "./arena.ts"

const DAY = 86_400

describe("a receipt that nobody anchored", () => {
  let court: Court
  let provider: Signer
  let client: Client
  let signed: SignedReceipt
  let id: string
  let arena: Arena

  before(async () => {
    court = await Court.open()
    ;[provider] = court.providers
    client = await connect(provider, court.registry.address)
    await addKey(client, await provider.getAddress(), 4_000_000_000n)
    await court.connection.networkHelpers.mine(10)
    const issuedAt = await chainTime(client)
    const receipt = receiptWith({
      provider: await provider.getAddress(),
      consumer: await court.consumer.getAddress(),
      modelId: DIGITS.modelId,
      issuedAt,
      anchorBy: issuedAt + 3_600n,
      challengeWindow: 3_600n,
    })
    signed = await signReceipt(court.registry, receipt, provider)
    id = receiptId(court.registry, receipt)
  })
  eachAlone(() => court)
  beforeEach(async () => {
    arena = await new Arena(court, { run: honestRun(), opinion: { verdict: "match" } }).start()
    arena.book.add({ id, signed })
    await arena.book.accuse({
      accusation: "omission",
      receiptId: id,
      reason: "",
      deadline: 2 ** 40,
      notes: "{}",
    })
  })
  afterEach(() => arena.close())

  const stateOf = () => arena.book.about("omission", id).state

  it("is claimed when it is due, convicted after silence, and everything comes back", async () => {
    await arena.ticks(2)
    expect(arena.submitted).deep.equal([])
    await arena.pass(3_700)
    await arena.until(() => arena.kinds.includes("omission"))
    await arena.ticks(3)
    await arena.start()
    await arena.ticks(2)
    expect(arena.kinds).deep.equal(["omission"])
    await arena.pass(DAY + 400)
    await arena.until(() => stateOf() === "won")
    await arena.until(() => arena.kinds.includes("settle"))
    await arena.pass(4 * DAY)
    await arena.until(() => stateOf() === "paid")
    expect(arena.kinds).deep.equal(["omission", "convict", "settle", "reward"])
    expect(await court.token.balanceOf(arena.wallet.address)).greaterThan(0n)
    const { left, lost } = await arena.play.bonds.sums()
    expect([left, lost]).deep.equal([0n, 0n])
  })

  it("costs the bond if the provider shows its place, and an alert tells", async () => {
    const { batch, inclusions } = prepareBatch(client, [signed.receipt])
    await court.onus.connect(provider).anchor(batch)
    await arena.pass(3_700)
    await arena.until(() => arena.kinds.includes("omission"))
    await arena.ticks(2)
    await answerOmission(client, signed, inclusions[0])
    await arena.until(() => stateOf() === "lost")
    expect(arena.bell.standing.get("DisputeLost")?.severity).equal("critical")
    expect((await arena.play.bonds.sums()).lost > 0n).equal(true)
  })

  it("brings nothing when its provider was excluded meanwhile: the bond comes back later", async () => {
    await arena.pass(3_700)
    await arena.until(() => arena.kinds.includes("omission"))
    await arena.ticks(2)
    const other = { ...signed.receipt, termsHash: hashOf("other terms") }
    const { signature } = await signReceipt(court.registry, other, provider)
    const evidence = equivocationEvidence({ registry: court.registry, receipt: other, signature })
    await court.onus.connect(court.strangers[0]).convictSigned(0, signed.receipt, signed.signature, evidence)
    await arena.pass(DAY + 400)
    await arena.ticks(3)
    expect(stateOf()).equal("open")
    await arena.pass(3.1 * DAY)
    await arena.until(() => stateOf() === "dropped")
    expect(arena.kinds).deep.equal(["omission", "settle"])
    const { left, lost } = await arena.play.bonds.sums()
    expect([left, lost]).deep.equal([0n, 0n])
    // And a provider that is excluded already is not claimed at all.
    const again = receiptId(court.registry, other)
    arena.book.add({ id: again, signed: { registry: court.registry, receipt: other, signature } })
    await arena.book.accuse({
      accusation: "omission",
      receiptId: again,
      reason: "",
      deadline: 2 ** 40,
      notes: "{}",
    })
    await arena.until(() => arena.book.about("omission", again).state === "dropped")
    expect(arena.kinds.length).equal(2)
  })

  it("is given up at no cost when its place is known by now", async () => {
    const { batch, inclusions } = prepareBatch(client, [signed.receipt])
    await court.onus.connect(provider).anchor(batch)
    arena.book.add({ id, signed, inclusion: inclusions[0] })
    await arena.pass(3_700)
    await arena.until(() => stateOf() === "dropped")
    expect(arena.submitted).deep.equal([])
  })

  it("is convicted for a claimant that sleeps, after half of its time", async () => {
    await arena.pass(3_700)
    await claimOmission(await connect(court.strangers[0], court.registry.address), signed)
    await arena.pass(DAY + 400)
    await arena.ticks(2)
    expect(arena.submitted).deep.equal([])
    await arena.pass(1.6 * DAY)
    await arena.until(() => stateOf() === "won")
    expect(arena.kinds).deep.equal(["convict"])
  })

  it("is claimed beside two others at most: the third conviction excludes its provider", async () => {
    for (let i = 0; i < 5; i++) {
      const receipt = { ...signed.receipt, requestId: hashOf(`another ${i}`) }
      const about = receiptId(court.registry, receipt)
      arena.book.add({ id: about, signed: await signReceipt(court.registry, receipt, provider) })
      const accusation = { accusation: "omission", receiptId: about, reason: "", deadline: 2 ** 40 } as const
      await arena.book.accuse({ ...accusation, notes: "{}" })
    }
    await arena.pass(3_700)
    await arena.ticks(6)
    const claims = () => arena.kinds.filter((kind) => kind === "omission").length
    expect(claims()).equal(3)
    await arena.start()
    await arena.ticks(3)
    await arena.pass(DAY + 400)
    await arena.until(async () => (await court.onus.account(provider)).tombstoned)
    await arena.ticks(10)
    expect(claims()).equal(3)
    const states = (await arena.book.cases("dropped")).map(({ reason }) => reason)
    expect(states.length).equal(3)
  })

  it("is claimed also if it was anchored, but too late, or not as long as promised", async () => {
    const { batch, inclusions } = prepareBatch(client, [signed.receipt])
    const short = { ...batch, window: 600n }
    await court.onus.connect(provider).anchor(short)
    await arena.pass(3_700)
    await court.onus.connect(provider).anchor(batch)
    arena.book.add({ id, signed, inclusion: inclusions[0] })
    arena.book.places.set(id, [inclusions[0], { ...inclusions[0], batch: short }])
    await arena.until(() => arena.kinds.includes("omission"))
    await arena.pass(DAY + 400)
    await arena.until(() => stateOf() === "won")
  })
})
