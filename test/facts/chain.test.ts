import { expect } from "chai"
import { type ChainFacts, openChainFacts } from "../../src/facts/chain/open.ts"
import { expectError } from "../sdk/expect-error.ts"
import { everything } from "./everything.ts"
import { companionsOf, follow } from "./follow.ts"
import { compare } from "./history/compare.ts"
import { play } from "./history/play.ts"
import { height, rewrite } from "./history/rewrite.ts"
import { type World, createWorld } from "./history/world.ts"
import { type Served, serve } from "./serve.ts"

const LONG = process.env.ONUS_LONG === "1"
const ACTIONS = LONG ? Number(process.env.ONUS_COUNT ?? 2000) : 300
const SEED = Number(process.env.ONUS_SEED ?? 2)

describe("Facts from a chain alone", () => {
  let world: World
  let served: Served
  let facts: ChainFacts

  before(async () => {
    world = await createWorld(SEED)
    served = await serve(world.connection)
    facts = await follow(world, served.url)
  })
  after(async () => {
    facts.close()
    served.close()
    await world.connection.close()
  })

  it(`agree with the contracts about ${ACTIONS} random actions`, async () => {
    // In parts: what is new is added to what is known.
    for (let part = 0; part < 3; part++) {
      await play(world, ACTIONS / 3)
      await facts.refresh()
    }
    expect(await compare(world, facts)).to.be.greaterThan(ACTIONS)
    expect((await facts.status()).block).to.equal(await height(world))
  })

  it("agree with them when the last blocks were undone and others follow, as if those had never been", async () => {
    expect(await rewrite(world, () => facts.refresh())).to.be.at.least(12)
    await facts.refresh()
    await compare(world, facts)
    const fresh = await follow(world, served.url)
    expect(await everything(facts)).to.deep.equal(await everything(fresh))
    fresh.close()
  })

  it("are the same from a node that tells few blocks at once", async () => {
    served.mostBlocks = 60
    const fresh = await follow(world, served.url)
    expect(await everything(fresh)).to.deep.equal(await everything(facts))
    fresh.close()
    served.mostBlocks = undefined
  })

  it("are never those of half of the news that was read", async () => {
    const { provider } = world.connection
    const [somebody] = world.people.payers
    const snapshot: unknown = await provider.request({ method: "evm_snapshot", params: [] })
    await world.providers.connect(somebody).register("https://undone.example")
    const { url } = served
    const fresh = await openChainFacts({ url, registry: world.registry.address, maxAge: 0 })
    expect((await fresh.provider(somebody.address)).data?.uri).to.equal("https://undone.example")
    let looks = 0
    served.before = async (method, [tag]) => {
      if (method !== "eth_getBlockByNumber" || tag !== "latest" || ++looks < 2) return
      // What the second one asks for cannot be read after what is not in the chain any more was undone.
      served.before = undefined
      served.mostBlocks = 0
      await provider.request({ method: "evm_revert", params: [snapshot] })
      for (let i = 0; i < 3; i++) await provider.request({ method: "evm_mine", params: [] })
    }
    const asked = [fresh.provider(somebody.address), fresh.keys(somebody.address)]
    const answers = await Promise.allSettled(asked)
    expect(answers.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"])
    served.mostBlocks = undefined
    expect((await fresh.provider(somebody.address)).data).to.equal(null)
    fresh.close()
  })

  it("stop at blocks that are final, and say how far that is behind", async () => {
    const { provider } = world.connection
    const options = {
      url: served.url,
      registry: world.registry.address,
      companions: await companionsOf(world),
    }
    const final = await openChainFacts({ ...options, finality: "finalized" })
    const { block, finality, lagBlocks } = await final.status()
    const told = (await provider.request({
      method: "eth_getBlockByNumber",
      params: ["finalized", false],
    })) as {
      number: string
    }
    expect([block, finality]).to.deep.equal([Number(told.number), "finalized"])
    expect(lagBlocks).to.equal((await height(world)) - block)
    final.close()
  })

  it("refuse what makes no sense, each by a name", async () => {
    await expectError("AddressInvalid", () => facts.provider("0x12"))
    await expectError("HashInvalid", () => facts.receipt("'; DROP TABLE provider; --"))
    await expectError("LimitInvalid", () => facts.models({ limit: 100_000 }))
    await expectError("LimitInvalid", () => facts.models({ limit: 0.5 }))
    await expectError("CursorInvalid", () => facts.models({ cursor: "1~x' OR 1" }))
    await expectError("ChoiceInvalid", () => facts.providers({ order: "__proto__" as never }))
    await expectError("ChoiceInvalid", () => facts.providers({ status: "Active" as never }))
    await expectError("DaysInvalid", () => facts.history(world.registry.address, 1e9))
    expect((await facts.provider(world.registry.address)).data).to.equal(null)
    const { url } = served
    await expectError("ContractMissing", () => openChainFacts({ url, registry: world.governor.address }))
  })
})
