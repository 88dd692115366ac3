import { expect } from "chai"
import { type Signer, id as hashOf } from "ethers"
import type { Known } from "../../../src/challenger/book.ts"
import { type Receipt, receiptId, signReceipt } from "../../../src/protocol/receipt.ts"
import { prepareBatch } from "../../../src/sdk/anchor.ts"
import { chainTime } from "../../../src/sdk/chain-time.ts"
import { type Client, connect } from "../../../src/sdk/client.ts"
import { equivocationEvidence } from "../../../src/sdk/convict.ts"
import { addKey } from "../../../src/sdk/keys.ts"
import { Court, DIGITS } from "../../faults/court.ts"
import { eachAlone, honestRun } from "../../faults/dispute.ts"
import { receiptWith } from "../../sdk/samples.ts"
import { Arena } from "./arena.ts"

const HOUR = 3_600n

describe("two receipts for one request", () => {
  let court: Court
  let provider: Signer
  let client: Client
  let arena: Arena

  before(async () => {
    court = await Court.open()
    ;[provider] = court.providers
    client = await connect(provider, court.registry.address)
    await addKey(client, await provider.getAddress(), 4_000_000_000n)
    await court.connection.networkHelpers.mine(10)
  })
  eachAlone(() => court)
  beforeEach(async () => {
    arena = await new Arena(court, { run: honestRun(), opinion: { verdict: "match" } }).start()
  })
  afterEach(() => arena.close())

  const answers = async (output: string): Promise<Receipt> => {
    const issuedAt = await chainTime(client)
    return receiptWith({
      provider: await provider.getAddress(),
      consumer: await court.consumer.getAddress(),
      modelId: DIGITS.modelId,
      outputCommitment: hashOf(output),
      coverage: 10n ** 18n,
      issuedAt,
      anchorBy: issuedAt + HOUR,
      challengeWindow: HOUR,
    })
  }

  /** How a receipt was seen: signed, anchored, or both. */
  async function seen(receipt: Receipt, { isSigned = true, isAnchored = false }): Promise<Known> {
    const signed = isSigned
      ? await signReceipt(court.registry, receipt, provider)
      : { registry: court.registry, receipt, signature: "0x" }
    const id = receiptId(court.registry, receipt)
    if (!isAnchored) return arena.book.add({ id, signed })
    const { batch, inclusions } = prepareBatch(client, [receipt])
    await court.onus.connect(provider).anchor(batch)
    return arena.book.add({ id, signed, inclusion: inclusions[0] })
  }

  async function accuse(one: Known, other: Known): Promise<void> {
    const [receiptId, otherId] = [one.id, other.id]
    const about = { accusation: "equivocation", receiptId, otherId, reason: "", deadline: 2 ** 40 } as const
    await arena.book.accuse({ ...about, notes: "{}" })
    stateOf = () => arena.book.about("equivocation", receiptId).state
  }
  let stateOf: () => string = () => ""

  it("convict by signatures alone, after a commitment", async () => {
    await accuse(await seen(await answers("yes"), {}), await seen(await answers("no"), {}))
    await arena.until(() => stateOf() === "won")
    expect(arena.kinds).deep.equal(["commit", "convict"])
    expect((await court.onus.account(provider)).tombstoned).equal(true)
    await arena.pass(4 * 86_400)
    await arena.until(() => stateOf() === "paid")
    expect(await court.token.balanceOf(arena.wallet.address)).greaterThan(0n)
  })

  it("cost each bond that is there: both are taken, and a place stands for a signature", async () => {
    const one = await seen(await answers("yes"), { isSigned: false, isAnchored: true })
    const other = await seen(await answers("no"), { isSigned: false, isAnchored: true })
    await accuse(one, other)
    await arena.until(async () => {
      const due = await Promise.all([one.id, other.id].map((id) => court.onus.payout(id)))
      return due.every(({ challenger }) => challenger.toLowerCase() === arena.me)
    })
    expect(arena.kinds.filter((kind) => kind === "convict").length).equal(2)
    await arena.pass(4 * 86_400)
    await arena.until(() => stateOf() === "paid")
    expect(arena.kinds.filter((kind) => kind === "reward").length).equal(2)
  })

  it("are left to who convicted first, and taken over from who copied it", async () => {
    const [one, other] = [await seen(await answers("yes"), {}), await seen(await answers("no"), {})]
    const snapshot = await court.connection.networkHelpers.takeSnapshot()
    const convict = async () => {
      const { onus } = await connect(court.strangers[0], court.registry.address)
      const { receipt, signature } = one.signed
      await onus.convictSigned(0, receipt, signature, equivocationEvidence(other.signed))
    }
    await convict()
    await accuse(one, other)
    await arena.until(() => stateOf() === "dropped")
    expect(arena.submitted).deep.equal([])
    await snapshot.restore()
    await arena.close()
    arena = await new Arena(court, { run: honestRun(), opinion: { verdict: "match" } }).start()
    for (const known of [one, other]) arena.book.add(known)
    await accuse(one, other)
    await arena.until(() => arena.kinds.includes("commit"))
    await arena.mine()
    await convict()
    await arena.until(() => stateOf() === "won")
  })

  it("bring nothing against a provider that is excluded already", async () => {
    await accuse(await seen(await answers("yes"), {}), await seen(await answers("no"), {}))
    await arena.until(() => stateOf() === "won")
    const again = { requestId: hashOf("another") }
    const one = await seen({ ...(await answers("yes")), ...again }, {})
    const other = await seen({ ...(await answers("no")), ...again }, {})
    const before = arena.submitted.length
    await accuse(one, other)
    await arena.until(() => stateOf() === "dropped")
    expect(arena.submitted.length).equal(before)
    expect(arena.book.about("equivocation", one.id).reason).contain("ProviderTombstoned")
  })

  it("convict by places when signatures that the provider lists are none", async () => {
    const garbage = async (output: string): Promise<Known> => {
      const known = await seen(await answers(output), { isSigned: false, isAnchored: true })
      return arena.book.add({ ...known, signed: { ...known.signed, signature: `0x${"11".repeat(65)}` } })
    }
    await accuse(await garbage("yes"), await garbage("no"))
    await arena.until(() => stateOf() === "won")
  })

  it("cost no commitments that an earlier conviction makes worthless", async () => {
    for (let i = 0; i < 5; i++) {
      const request = { requestId: hashOf(`request ${i}`) }
      const one = await seen({ ...(await answers("yes")), ...request }, {})
      await accuse(one, await seen({ ...(await answers("no")), ...request }, {}))
    }
    await arena.ticks(12)
    expect((await court.onus.account(provider)).tombstoned).equal(true)
    expect(arena.kinds).deep.equal(["commit", "convict"])
  })
})
