import { expect } from "chai"
import { type Chain, account, startChain } from "./chain.ts"
import { Desk, MODEL, SEVEN, THREE } from "./run.ts"

/** What `omission` prints with `--json`: each step some of it. */
interface Step {
  readonly due: number
  readonly bond: string
  readonly convicted: boolean
  readonly punitive: string
  readonly payoutId: string
  readonly to: string
}

describe("onus: an answer that is never anchored", () => {
  const [provider, claimant, consumer] = [account(1), account(2), account(3)]
  let chain: Chain
  let desk: Desk

  before(async () => {
    chain = await startChain()
    desk = new Desk(chain)
    await desk.json(provider, "provider", "register")
    await desk.json(provider, "provider", "stake", "1000")
    await desk.json(
      provider,
      "provider",
      "key",
      "add",
      provider.address,
      "--roles",
      "sign,anchor",
      "--until",
      "+30d",
    )
    await desk.json(provider, "model", "add", MODEL)
    for (const [out, picture] of [
      ["silent.json", SEVEN],
      ["anchored.json", THREE],
    ]) {
      const terms = ["--consumer", consumer.address, "--coverage", "10", "--out", out]
      await desk.json(provider, "attest", MODEL, "--input", `image=${picture}`, ...terms)
    }
    await desk.json(provider, "anchor", "anchored.json")
  })
  after(async () => {
    desk.remove()
    await chain.close()
  })

  const step = async (name: string, file: string, ...more: string[]) =>
    (await desk.json(claimant, "omission", name, file, ...more)) as unknown as Step
  const refused = (code: string, name: string, file: string, ...more: string[]) =>
    desk.refused({ code, exit: 5 }, claimant, "omission", name, file, ...more)

  it("is claimed when it is due, with a bond for the provider's answer", async () => {
    expect((await refused("NotDue", "claim", "silent.json")).hint).to.contain("anchorBy")
    await refused("NotClaimed", "convict", "silent.json")
    await chain.wait(4000)
    await refused("BondTooLow", "claim", "silent.json", "--bond", "0.00001")
    const args = ["omission", "claim", "silent.json", "--bond", "much"]
    await desk.refused({ code: "AmountInvalid", exit: 2 }, claimant, ...args)
    const { due, bond } = await step("claim", "silent.json", "--bond", "0.25")
    expect(bond).to.equal("0.25")
    const block = await chain.deployment.onus.runner!.provider!.getBlock("latest")
    expect(due).to.equal(block!.timestamp + 86_400)
    await refused("AlreadyClaimed", "claim", "silent.json")
    await step("claim", "anchored.json")
  })

  it("is answered with the file of an answer that was anchored", async () => {
    await step("answer", "anchored.json")
    await refused("AlreadyAnswered", "answer", "anchored.json")
    expect((await step("settle", "anchored.json")).to).to.equal(provider.address)
    await refused("NotAnchored", "answer", "silent.json")
  })

  it("convicts who is silent, and gives the bond back", async () => {
    await refused("AnswerAwaited", "convict", "silent.json")
    await refused("NothingToSettle", "settle", "silent.json")
    for (let i = 0; i < 2; i++) await chain.wait(43_300)
    const convicted = await step("convict", "silent.json")
    expect(convicted).to.include({ convicted: true, bond: "0", punitive: "10" })
    expect(await step("settle", "silent.json")).to.include({ to: claimant.address, bond: "0.25" })
    const verified = await desk.json(undefined, "verify", "silent.json", "--model", MODEL)
    expect(verified.convicted).to.deep.equal(["Omission"])
    await chain.wait(4 * 86_400)
    const { payoutId, claimed } = await desk.json(consumer, "claim", "silent.json")
    expect(payoutId).to.equal(convicted.payoutId)
    expect(claimed[0]).to.include({ share: "reward", to: claimant.address, amount: "2" })
  })
})
