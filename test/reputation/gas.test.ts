import { expect } from "chai"
import { type ContractTransactionResponse, toBeHex } from "ethers"
import { network } from "hardhat"
import type { DemoToken, Reputation } from "../../types/contracts/index.js"
import { MIN_STAKE } from "./histories.ts"
import { REPUTATION } from "./stage.ts"

const MODEL = toBeHex(1, 32)
const BASE = 21_000n
const DAY = 86_400n
const FEE = MIN_STAKE / 100n

describe("The gas of Reputation", () => {
  let connection: Awaited<ReturnType<typeof network.create>>
  let reputation: Reputation
  let provider: string

  before(async () => {
    connection = await network.create()
    const { ethers } = connection
    const [signer] = await ethers.getSigners()
    provider = signer.address
    const token: DemoToken = await ethers.deployContract("DemoToken")
    reputation = (await ethers.deployContract(REPUTATION, [token, MIN_STAKE])) as unknown as Reputation
    await token.mint(provider, MIN_STAKE)
    await token.approve(reputation, MIN_STAKE)
    await reputation.bind()
  })

  after(() => connection.close())

  const spent = async (sent: Promise<ContractTransactionResponse>): Promise<bigint> =>
    (await (await sent).wait())!.gasUsed

  const credit = () => spent(reputation.credit(provider, MODEL, MIN_STAKE, 10n * DAY))

  it("is constant, and a reading costs at most 10,000", async () => {
    const table: Record<string, bigint> = {}
    table["credit, first of a provider"] = await credit()
    await connection.networkHelpers.time.increase(40n * DAY)
    table["credit, later"] = await credit()
    table["damage, later"] = await spent(reputation.damage(provider, MODEL, MIN_STAKE, DAY, 20))
    await connection.networkHelpers.time.increase(7n * DAY)
    // Storage is cold in both, and the arguments are counted.
    table["reputation, read"] = (await reputation.reputation.estimateGas(provider)) - BASE
    table["reputationFor, read"] = (await reputation.reputationFor.estimateGas(provider, MODEL)) - BASE
    for (const [name, gas] of Object.entries(table)) console.log(`        ${name}: ${gas}`)
    expect(table["reputation, read"] <= 10_000n).to.equal(true)
    expect(table["reputationFor, read"] <= 10_000n).to.equal(true)
    expect(table["credit, later"] <= BASE + 26_000n).to.equal(true)
  })

  it("is little for a fee, which many answers share", async () => {
    const { ethers } = connection
    const token = await ethers.deployContract("DemoToken")
    const own = (await ethers.deployContract(REPUTATION, [token, MIN_STAKE])) as unknown as Reputation
    const harness = await ethers.deployContract("ReputationHarness", [own, 1])
    expect(await own.registry()).to.equal(await harness.getAddress())
    await token.mint(provider, MIN_STAKE)
    await token.approve(own, MIN_STAKE)
    const first = await spent(own.burnFee(provider, MODEL, FEE / 2n))
    const later = await spent(own.burnFee(provider, MODEL, FEE / 4n))
    console.log(`        fee, first of a payer and a provider: ${first}; later: ${later}`)
    expect(first <= 180_000n && later <= 95_000n).to.equal(true)
  })
})
