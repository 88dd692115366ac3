import { expect } from "chai"
import { type Head, HeadFollower, type HeadOptions, type Reorg } from "../../src/chain/heads.ts"
import { type Chain, openChain } from "../../src/chain/provider.ts"
import { type Proxy, startProxy } from "../helpers/rpc-proxy.ts"
import { expectError } from "../sdk/expect-error.ts"
import { type Node, type RpcBlock, startNode } from "./node.ts"

describe("HeadFollower", () => {
  let node: Node
  let first: Proxy
  let second: Proxy
  let chain: Chain
  let ends: (() => unknown)[] = []

  beforeEach(async () => {
    node = await startNode()
    ;[first, second] = [await startProxy(node.url), await startProxy(node.url)]
    await node.mine(20)
    chain = await openChain({ urls: [first.url, second.url], chainId: 31337, survey: 0 })
    ends = [() => chain.destroy(), () => first.close(), () => second.close(), () => node.close()]
  })
  afterEach(async () => {
    for (const end of ends) await end()
  })

  interface Followed {
    readonly follower: HeadFollower
    readonly heads: Head[]
    readonly reorgs: Reorg[]
    readonly problems: string[]
  }

  /** A follower that has looked once, and what it tells from then on. */
  const follow = async (options: HeadOptions = { depth: 5, forceDepth: true }): Promise<Followed> => {
    const follower = new HeadFollower(chain, options)
    ends.unshift(() => follower.stop())
    await follower.poll()
    const [heads, reorgs, problems]: [Head[], Reorg[], string[]] = [[], [], []]
    follower.onHead((head) => heads.push(head))
    follower.onReorg((reorg) => reorgs.push(reorg))
    follower.onReorgTooDeep(({ code }) => problems.push(code))
    return { follower, heads, reorgs, problems }
  }
  const tagged = (proxy: Proxy, answer: (latest: RpcBlock) => Promise<RpcBlock | null> | RpcBlock) =>
    proxy.answer("eth_getBlockByNumber", async ([tag, full], forward) =>
      tag === "finalized"
        ? { result: await answer((await forward(["latest", full])).result as RpcBlock) }
        : forward(),
    )

  it("tells each new head once, with the last block that is final", async () => {
    const { follower, heads } = await follow()
    expect(follower.current).to.deep.include({ final: 15 })
    expect(await follower.poll()).to.equal(follower.current)
    await node.mine(3)
    const head = await follower.poll()
    expect([head.latest.number, head.final]).to.deep.equal([23, 18])
    expect(heads).to.deep.equal([head])
    expect(follower.hashOf(22)).to.equal((await node.block(22)).hash)
    expect(follower.now).to.equal(Number((await node.block()).timestamp))
  })

  it("takes the chain's own word for what is final, and depth where it has none", async () => {
    for (const proxy of [first, second])
      tagged(proxy, async ({ number }) => node.block(Math.max(0, Number(number) - 7)))
    const { follower } = await follow({ depth: 5 })
    expect([follower.finality, follower.current?.final]).to.deep.equal(["tag", 13])
    const forced = await follow({ depth: 5, forceDepth: true })
    expect([forced.follower.finality, forced.follower.current?.final]).to.deep.equal(["depth", 15])
    for (const proxy of [first, second]) tagged(proxy, async () => Promise.resolve(null))
    const untagged = await follow({ depth: 5 })
    expect([untagged.follower.finality, untagged.follower.current?.final]).to.deep.equal(["depth", 15])
  })

  it("does not start where nothing says what is final", async () => {
    for (const proxy of [first, second]) tagged(proxy, async () => Promise.resolve(null))
    await expectError("FinalityUnknown", () => follow({}))
    for (const proxy of [first, second])
      proxy.answer("eth_getBlockByNumber", ([tag], forward) =>
        tag === "finalized" ? { error: { code: -32602, message: "invalid block tag" } } : forward(),
      )
    await expectError("FinalityUnknown", () => follow({}))
    await expectError("FinalityUnknown", () => follow({ depth: -1 }))
  })

  it("starts where blocks are final at once, also when one comes between two questions", async () => {
    let isLate = true
    for (const proxy of [first, second])
      proxy.answer("eth_getBlockByNumber", async ([tag, full], forward) => {
        if (tag !== "finalized") return forward()
        if (isLate) await node.mine(1)
        isLate = false
        return forward(["latest", full])
      })
    const { follower } = await follow({})
    expect(follower.finality).to.equal("tag")
    expect(follower.current?.final).to.equal(follower.current?.latest.number)
  })

  it("ignores a final block after the latest one, or before what was final already", async () => {
    let final = 13
    for (const proxy of [first, second])
      tagged(proxy, async ({ number }) =>
        final > Number(number)
          ? { ...(await node.block()), number: `0x${final.toString(16)}` }
          : node.block(final),
      )
    const { follower } = await follow({})
    final = 25
    expect((await follower.poll()).final).to.equal(13)
    final = 10
    expect((await follower.poll()).final).to.equal(13)
    final = 14
    expect((await follower.poll()).final).to.equal(14)
    final = 30
    await expectError("FinalityUnknown", () => follow({}))
    expect((await follow({ depth: 3 })).follower.finality).to.equal("depth")
  })

  it("notices that blocks were replaced, by longer and by shorter chains", async () => {
    const { follower, reorgs } = await follow()
    await node.undo(async () => {
      await node.mine(3)
      await follower.poll()
    })
    await node.mine(2)
    const shorter = await follower.poll()
    expect(shorter.latest.hash).to.equal((await node.block()).hash)
    expect(reorgs).to.deep.equal([{ depth: 3, from: 21 }])
    expect(follower.hashOf(23)).to.equal(undefined)
    await node.undo(async () => {
      await node.mine(1)
      await follower.poll()
    })
    await node.mine(4)
    expect((await follower.poll()).latest.number).to.equal(26)
    expect(reorgs[1]).to.deep.equal({ depth: 1, from: 23 })
    expect(follower.hashOf(23)).to.equal((await node.block(23)).hash)
  })

  it("does not go back for nodes that are behind", async () => {
    const { follower, heads, reorgs } = await follow()
    first.lag(3)
    second.lag(10)
    for (let i = 0; i < 3; i++) expect((await follower.poll()).latest.number).to.equal(20)
    second.lag({ at: 0 })
    await follower.poll()
    expect(heads).to.deep.equal([])
    await node.mine(5)
    await follower.poll()
    expect([heads.at(-1)?.latest.number, reorgs]).to.deep.equal([22, []])
  })

  it("takes the highest head of all nodes", async () => {
    const { follower } = await follow()
    await node.mine(3)
    first.lag(3)
    expect((await follower.poll()).latest.number).to.equal(23)
    first.fault("*", { kind: "reset" })
    await node.mine()
    expect((await follower.poll()).latest.number).to.equal(24)
  })

  it("keeps its chain while one node has it, and another one is on a shorter branch", async () => {
    chain.destroy()
    chain = await openChain({ urls: [first.url, second.url], chainId: 31337, survey: 1e9 })
    const { follower, reorgs } = await follow()
    await node.mine(2)
    await follower.poll()
    const astray = { ...(await node.block(21)), hash: `0x${"ab".repeat(32)}` }
    first.answer("eth_getBlockByNumber", ([tag], forward) =>
      tag === "latest" ? { result: astray } : tag === "0x16" ? { result: null } : forward(),
    )
    expect((await follower.poll()).latest.hash).to.equal((await node.block(22)).hash)
    expect(first.calls.at(-1)?.params[0]).to.equal("0x16")
    expect(reorgs).to.deep.equal([])
  })

  it("follows after a long time without a look, and finds what was replaced meanwhile", async () => {
    const { follower, reorgs } = await follow({ depth: 500, forceDepth: true })
    await node.mine(200)
    expect((await follower.poll()).latest.number).to.equal(220)
    expect(reorgs).to.deep.equal([])
    await node.undo(async () => {
      await node.mine(5)
      await follower.poll()
    })
    await node.mine(100)
    expect((await follower.poll()).latest.number).to.equal(320)
    expect(reorgs).to.deep.equal([{ depth: 5, from: 221 }])
  })

  it("follows over blocks that are not linked to their parents", async () => {
    const { follower, reorgs } = await follow({ depth: 5, forceDepth: true })
    await node.rpc("hardhat_mine", "0xc8")
    const head = await follower.poll()
    expect([head.latest.number, head.final, reorgs]).to.deep.equal([220, 215, []])
  })

  it("stops for good when a final block was replaced", async () => {
    const { follower, problems } = await follow()
    await node.undo(async () => {
      await node.mine(8)
      await follower.poll()
    })
    await node.mine(12)
    const waiting = follower.next().catch(({ code }: { code: string }) => code)
    await expectError("ReorgTooDeep", () => follower.poll())
    expect(await waiting).to.equal("ReorgTooDeep")
    await expectError("ReorgTooDeep", () => follower.poll())
    await expectError("ReorgTooDeep", () => follower.next())
    expect(problems).to.deep.equal(["ReorgTooDeep"])
    expect(follower.current?.latest.number).to.equal(28)
  })

  it("does not stop because of one node on another chain", async () => {
    const other = await startNode()
    ends.push(() => other.close())
    await other.rpc("evm_increaseTime", 5000)
    await other.mine(40)
    const astray = await startProxy(other.url)
    ends.push(() => astray.close())
    chain.destroy()
    chain = await openChain({ urls: [first.url, astray.url], chainId: 31337, survey: 0 })
    astray.fault("eth_getBlockByNumber", { kind: "status", status: 500 }, { times: 1 })
    const { follower, problems } = await follow()
    expect(follower.current?.latest.number).to.equal(20)
    while (chain.health[1].rest > 0) await new Promise((resolve) => setTimeout(resolve, 50))
    const seen = astray.count("eth_getBlockByNumber")
    expect((await follower.poll()).latest.number).to.equal(20)
    expect(astray.count("eth_getBlockByNumber")).to.be.greaterThan(seen)
    // Without the other one it cannot be known, and nothing is concluded.
    await first.down()
    const { message } = await expectError("RpcUnavailable", () => follower.poll())
    expect(message).to.contain("block 15, which was final, was replaced")
    expect([follower.current?.latest.number, problems]).to.deep.equal([20, []])
    await first.up()
  })

  it("keeps its own clock: chain time, skew, and how long no block came", async () => {
    let now = 2_000_000_000_000
    const { follower } = await follow({ depth: 5, forceDepth: true, clock: () => now })
    const { timestamp } = await node.block()
    expect(follower.skew).to.equal(2_000_000_000 - Number(timestamp))
    now += 90_000
    await follower.poll()
    expect(follower.age).to.equal(90)
    expect(follower.skew).to.equal(2_000_000_000 - Number(timestamp))
    await node.mine()
    await follower.poll()
    expect(follower.age).to.equal(0)
  })

  it("goes on looking by itself through an outage until it is stopped", async () => {
    const { follower } = await follow({ depth: 5, forceDepth: true, every: 10 })
    await follower.start()
    await follower.start()
    for (const proxy of [first, second]) await proxy.down()
    await node.mine(2)
    const waiting = follower.next()
    while (!chain.health.every(({ healthy }) => !healthy))
      await new Promise((resolve) => setTimeout(resolve, 10))
    for (const proxy of [first, second]) await proxy.up()
    expect((await waiting).latest.number).to.equal(22)
    const controller = new AbortController()
    const aborted = follower.next({ signal: controller.signal }).catch(({ message }: Error) => message)
    controller.abort(new Error("enough"))
    expect(await aborted).to.equal("enough")
    follower.stop()
  })
})
