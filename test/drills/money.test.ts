import { expect } from "chai"
import { Governance__factory } from "../../types/contracts/index.js"
import { deposit, startThaw } from "../../src/sdk/stake.ts"
import { rootDemand } from "./stage/challenger.ts"
import { Refused } from "./stage/client.ts"
import { anchoredBatches, ownTransactions } from "./stage/effects.ts"
import { eventually } from "./stage/eventually.ts"
import { ETHER, TOKEN, clientOf, guardian, owner, sendingKey, stranger } from "./stage/roles.ts"
import { long } from "./stage/selection.ts"
import { FINAL_DEPTH, Stage } from "./stage/stage.ts"

const GWEI = 10n ** 9n
const DAY = 86_400

describe("Drill: money, gas and what others do with it", () => {
  let stage: Stage

  beforeEach(async () => {
    stage = await Stage.open()
  })
  afterEach(() => stage.close())

  /** Answers something, and waits until it is anchored. */
  const anchoredAnswer = async (node: { url: string }) => {
    const { receiptId } = await stage.books.infer(node, { picture: 77 })
    return stage.books.standing(node, receiptId, { meanwhile: () => stage.chain.mine() })
  }
  const isAnswered = async () => (await stage.challenger.answered()) === stage.challenger.asked.length
  const expectRefusal = async (node: { url: string }) => {
    const refusal = await stage.books.infer(node).catch((error: unknown) => error)
    expect(refusal).to.be.instanceOf(Refused).with.property("status", 503)
  }

  it("a gas spike: anchors wait, answers to challenges do not, and no cap is ever exceeded", async () => {
    const node = await stage.start()
    const standing = await anchoredAnswer(node)
    const mineDear = async () => {
      await stage.chain.baseFee(250n * GWEI)
      await stage.chain.mine()
    }
    stage.chain.stopTicking()
    await mineDear()
    await stage.chain.automine(false)
    stage.chain.tick(200, mineDear)
    await stage.books.many(node, 2)
    await stage.challenger.demand(standing, [rootDemand])
    await eventually("the demand is answered", isAnswered)
    const height = await stage.chain.height()
    await eventually("many dear blocks", async () => (await stage.chain.height()) > height + 20)
    expect(await anchoredBatches(stage.client), "batches that waited").to.have.length(1)

    // So near its end that no price keeps a batch back any more.
    stage.chain.stopTicking()
    await stage.chain.baseFee(250n * GWEI)
    await stage.chain.pass(26 * 60, 1)
    stage.chain.tick(200, mineDear)
    await eventually("it is anchored in time", async () => (await anchoredBatches(stage.client)).length === 2)
    stage.chain.stopTicking()
    await stage.chain.automine(true)
    await stage.balance(node)
    for (const { gasPrice } of await ownTransactions(stage.client))
      expect(gasPrice <= 1000n * GWEI, `${gasPrice} wei per gas`).to.equal(true)
    await node.stop()
  })

  long("a foreign transaction of our key takes a nonce: it is said, and nothing is sent twice", async () => {
    const node = await stage.start()
    await anchoredAnswer(node)
    const rpc = stage.client.onus.runner!.provider!
    const sent = stage.proxy.transactions.length
    stage.proxy.fault("eth_sendRawTransaction", { kind: "hold" })
    await stage.books.many(node, 2)
    await eventually("our transaction is on its way", () => stage.proxy.transactions.length > sent)
    const dear = { maxFeePerGas: 900n * GWEI, maxPriorityFeePerGas: 100n * GWEI }
    const nonce = await rpc.getTransactionCount(sendingKey.address, "latest")
    await sendingKey.connect(rpc).sendTransaction({ to: stranger.address, value: 1n, nonce, ...dear })
    await stage.proxy.release()
    await eventually("an alert", () => stage.alerts.some(({ code }) => code === "ForeignTransaction"), {
      meanwhile: () => stage.chain.mine(),
    })
    await stage.balance(node)
    await node.stop()
  })

  long("a nonce gap: what a node has dropped is sent again, the lowest first", async () => {
    const node = await stage.start()
    await anchoredAnswer(node)
    stage.proxy.fault("eth_sendRawTransaction", { kind: "drop" }, { times: 1 })
    await stage.books.many(node, 2)
    await eventually(
      "it was dropped",
      () => stage.proxy.transactions.some(({ fate }) => fate === "dropped"),
      {
        meanwhile: () => stage.chain.mine(),
      },
    )
    await stage.books.many(node, 2, { window: 3600 })
    await stage.balance(node)
    await node.stop()
  })

  long(
    "the balance is low: no new work, answers to challenges still, and on when there is money",
    async () => {
      const node = await stage.start()
      const standing = await anchoredAnswer(node)
      await stage.chain.balance(sendingKey.address, (4n * ETHER) / 100n)
      await stage.chain.mine()
      await node.unready(/gas/i)
      await expectRefusal(node)
      await stage.alerted("GasLow")
      await stage.challenger.demand(standing, [rootDemand])
      await eventually("the demand is answered", isAnswered, { meanwhile: () => stage.chain.mine() })
      await stage.chain.balance(sendingKey.address, ETHER)
      await stage.chain.mine()
      await node.ready()
      await stage.books.many(node, 2)
      await stage.balance(node)
      await node.stop()
    },
  )

  long("anchors are paused: nothing new is signed, and what was signed is anchored afterwards", async () => {
    const node = await stage.start({ config: { anchoring: { max_age: "20m" } } })
    await stage.books.many(node, 2)
    const hand = Governance__factory.connect(
      stage.chain.chain.deployment.addresses.Governance,
      (await clientOf(stage.chain, guardian)).onus.runner,
    )
    await (await hand.pauseAnchors(DAY)).wait()
    await stage.chain.mine()
    await node.unready(/paus/i)
    await expectRefusal(node)
    await stage.chain.pass(1200, 10)
    expect(await ownTransactions(stage.client)).to.have.length(0)
    await (await hand.pauseAnchors(0)).wait()
    await stage.chain.mine()
    await node.ready()
    await stage.balance(node)
    await node.stop()
  })

  long(
    "stake leaves: nothing is signed that it does not cover, no anchor is tried in a hot loop",
    async () => {
      const node = await stage.start()
      await anchoredAnswer(node)
      const bank = await clientOf(stage.chain, owner)
      const { active, locked } = await bank.onus.account(owner.address)
      await startThaw(bank, active - 2n * locked)
      await stage.chain.mine()
      await node.unready(/cover/i)
      await expectRefusal(node)
      const estimates = stage.proxy.count("eth_estimateGas")
      await stage.chain.mine(10)
      expect(stage.proxy.count("eth_estimateGas") - estimates).to.be.below(50)
      await stage.chain.chain.deployment.token.mint(owner.address, 1000n * TOKEN)
      await deposit(bank, owner.address, 1000n * TOKEN)
      await stage.chain.mine()
      await node.ready()
      await stage.books.many(node, 2)
      await stage.balance(node)
      await node.stop()
    },
  )

  long(
    "stake leaves between signature and anchor: the batch waits for more stake, and is anchored then",
    async () => {
      const node = await stage.start({ config: { anchoring: { max_age: "5m" } } })
      await stage.books.many(node, 3, { coverage: 50 })
      const bank = await clientOf(stage.chain, owner)
      const { active } = await bank.onus.account(owner.address)
      await startThaw(bank, active - 100n * TOKEN)
      await stage.chain.pass(300, FINAL_DEPTH + 2)
      await node.unready(/cover/i)
      await eventually("an alert", () => stage.alerts.length > 0, { meanwhile: () => stage.chain.mine() })
      const estimates = stage.proxy.count("eth_estimateGas")
      for (let i = 0; i < 10; i++) await stage.chain.mine()
      expect(stage.proxy.count("eth_estimateGas") - estimates).to.be.below(50)
      expect(await anchoredBatches(stage.client)).to.have.length(0)
      await deposit(bank, owner.address, 900n * TOKEN)
      await stage.balance(node)
      await node.stop()
    },
  )
})
