import { setTimeout as wait } from "node:timers/promises"
import { toBeHex } from "ethers"
import { expect } from "chai"
import { isOnusError } from "../../src/protocol/errors.ts"
import { HeadFollower } from "../../src/chain/heads.ts"
import { CURSOR_TABLES, LogFollower, type LogFollowerOptions, type LogRange } from "../../src/chain/logs.ts"
import { type Chain, openChain } from "../../src/chain/provider.ts"
import { account } from "../cli/chain.ts"
import { type Proxy, startProxy } from "../helpers/rpc-proxy.ts"
import { expectError } from "../sdk/expect-error.ts"
import { MemoryDatabase } from "./memory-database.ts"
import { type Node, startNode } from "./node.ts"

const SPEAKER = `0x${"5e".repeat(20)}`
/** Says the word that it is called with, as data and as topic. */
const SPEAKER_CODE = "0x6020600060003760003560206000a100"

describe("LogFollower", () => {
  let node: Node
  let first: Proxy
  let second: Proxy
  let chain: Chain
  let database: MemoryDatabase
  let heads: HeadFollower

  beforeEach(async () => {
    node = await startNode()
    ;[first, second] = [await startProxy(node.url), await startProxy(node.url)]
    await node.rpc("hardhat_setCode", SPEAKER, SPEAKER_CODE)
    database = new MemoryDatabase()
    await database.make(CURSOR_TABLES)
    await connect([first.url])
  })
  afterEach(async () => {
    chain.destroy()
    await database.close()
    await first.close()
    await second.close()
    await node.close()
  })

  const connect = async (urls: readonly string[], timeout = 10_000): Promise<void> => {
    chain = await openChain({ urls, chainId: 31337, timeout })
    heads = new HeadFollower(chain, { depth: 3, forceDepth: true })
  }

  /** Has words said, each in a block of its own. */
  const say = async (...words: readonly number[]): Promise<void> => {
    for (const word of words) {
      const call = { from: account(0).address, to: SPEAKER, data: toBeHex(word, 32), gas: "0x186a0" }
      await node.rpc("eth_sendTransaction", call)
    }
  }

  interface Followed {
    readonly follower: LogFollower
    /** What the handler was given, call by call. */
    readonly told: { words: number[]; range: LogRange }[]
    readonly poll: () => Promise<void>
  }

  const follow = async (options: Partial<LogFollowerOptions> = {}): Promise<Followed> => {
    const told: Followed["told"] = []
    const follower = await LogFollower.open({
      chain,
      database,
      name: "words",
      filter: { addresses: [SPEAKER], topics: [] },
      from: 1,
      hashOf: (number) => heads.hashOf(number),
      handle: (logs, range) => {
        told.push({ words: logs.map(({ data }) => Number(data)), range })
        return Promise.resolve()
      },
      ...options,
    })
    return { follower, told, poll: async () => follower.poll(await heads.poll()) }
  }

  it("tells logs again and again until they are final, and then never", async () => {
    const { follower, told, poll } = await follow()
    await say(1, 2)
    await poll()
    expect(told.pop()).to.deep.equal({ words: [1, 2], range: { from: 1, to: 2, final: 0 } })
    await say(3)
    await node.mine()
    await poll()
    expect(told.pop()).to.deep.equal({ words: [1, 2, 3], range: { from: 1, to: 4, final: 1 } })
    expect(follower.cursor).to.equal(1)
    await node.mine(5)
    await poll()
    expect(told.pop()?.words).to.deep.equal([2, 3])
    await node.mine()
    await poll()
    expect(told.pop()?.words).to.deep.equal([])
  })

  it("goes on after a restart where it was", async () => {
    await say(1, 2, 3, 4, 5)
    await (await follow()).poll()
    const { follower, told, poll } = await follow()
    expect(follower.cursor).to.equal(2)
    await poll()
    // Those just before the cursor once more: a node may have found some of them later.
    expect(told).to.deep.equal([{ words: [1, 2, 3, 4, 5], range: { from: 3, to: 5, final: 2 } }])
  })

  it("tells logs that a node finds only after their blocks were final", async () => {
    await say(1, 2, 3, 4, 5, 6)
    first.fault("eth_getLogs", { kind: "result", result: [] })
    const { follower, told, poll } = await follow()
    await poll()
    expect([told.pop()?.words, follower.cursor]).to.deep.equal([[], 3])
    first.heal()
    await say(7)
    await poll()
    expect(told.pop()).to.deep.equal({ words: [1, 2, 3, 4, 5, 6, 7], range: { from: 4, to: 7, final: 4 } })
    await say(8)
    await poll()
    expect(told.pop()?.words).to.deep.equal([5, 6, 7, 8])
  })

  it("looks no longer for late logs than it was told to", async () => {
    await say(1, 2, 3, 4, 5, 6)
    await (await follow()).poll()
    const { told, poll } = await follow({ recheck: 1 })
    await poll()
    expect(told.pop()?.words).to.deep.equal([3, 4, 5, 6])
    const costly = await follow({ recheck: 3, span: 4 })
    await costly.poll()
    await say(7)
    const asked = first.count("eth_getLogs")
    await costly.poll()
    expect(first.count("eth_getLogs")).to.equal(asked + 1)
  })

  it("begins anew when it is to look for something else", async () => {
    await say(1, 2, 3, 4, 5)
    await (await follow()).poll()
    const topics = [[toBeHex(1, 32), toBeHex(4, 32)]]
    const { follower, told, poll } = await follow({ filter: { addresses: [SPEAKER], topics } })
    expect(follower.cursor).to.equal(0)
    await poll()
    expect(told[0].words).to.deep.equal([1, 4])
  })

  it("sees the present chain after a reorganisation", async () => {
    const { told, poll } = await follow()
    await say(1)
    await node.undo(async () => {
      await say(2, 3)
      await poll()
    })
    await say(4, 5, 6)
    await poll()
    expect(told.map(({ words }) => words)).to.deep.equal([
      [1, 2, 3],
      [1, 4, 5, 6],
    ])
  })

  it("repeats what the handler or the disk failed at", async () => {
    await say(1, 2, 3, 4, 5)
    let fails = true
    const words: number[][] = []
    const { follower, poll } = await follow({
      handle: (logs) => {
        words.push(logs.map(({ data }) => Number(data)))
        return fails ? Promise.reject(new Error("handler")) : Promise.resolve()
      },
    })
    expect(await poll().catch(({ message }: Error) => message)).to.equal("handler")
    fails = false
    database.isFull = true
    await expectError("DatabaseFull", poll)
    expect(follower.cursor).to.equal(0)
    database.isFull = false
    await poll()
    expect(follower.cursor).to.equal(2)
    expect(words).to.deep.equal([
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5],
    ])
  })

  it("catches up piece by piece", async () => {
    await say(...Array.from({ length: 25 }, (_, i) => i))
    const { follower, told, poll } = await follow({ span: 10 })
    await poll()
    expect(told.map(({ range }) => [range.from, range.to])).to.deep.equal([
      [1, 10],
      [11, 20],
      [21, 25],
    ])
    expect(told.flatMap(({ words }) => words)).to.deep.equal(Array.from({ length: 25 }, (_, i) => i))
    expect(follower.cursor).to.equal(22)
  })

  const REFUSALS = [
    { code: -32005, message: "query returned more than 10000 results" },
    { code: -32600, message: "You can make eth_getLogs requests with up to a 4 block range" },
    { code: -32000, message: "exceed maximum block range: 4" },
    { code: -32000, message: "something that nobody has said before" },
  ]
  for (const refusal of REFUSALS)
    it(`asks for less when a node says ${JSON.stringify(refusal.message)}`, async () => {
      await say(...Array.from({ length: 20 }, (_, i) => i))
      const asked: [number, number][] = []
      first.answer("eth_getLogs", ([filter], forward) => {
        const { fromBlock, toBlock } = filter as { fromBlock: string; toBlock: string }
        asked.push([Number(fromBlock), Number(toBlock)])
        return Number(toBlock) - Number(fromBlock) < 4 ? forward() : { error: refusal }
      })
      const { follower, told, poll } = await follow()
      await poll()
      const words = new Set(told.flatMap((one) => one.words))
      expect([...words]).to.deep.equal(Array.from({ length: 20 }, (_, i) => i))
      expect(asked.slice(0, 4)).to.deep.equal([
        [1, 20],
        [1, 10],
        [1, 5],
        [1, 2],
      ])
      expect(follower.cursor).to.equal(17)
      expect(follower.span).to.be.within(2, 5)
    })

  it("asks for less when a node takes too long, and grows again", async () => {
    chain.destroy()
    await connect([first.url], 3_000)
    await say(1, 2, 3, 4, 5, 6, 7, 8)
    first.fault("eth_getLogs", { kind: "hang" }, { times: 1 })
    const { follower, told, poll } = await follow({ span: 8 })
    await poll()
    expect(told.at(-1)?.words.at(-1)).to.equal(8)
    expect(follower.span).to.be.lessThan(8)
    for (let i = 0; i < 10; i++) {
      await node.mine(12)
      await poll()
    }
    expect(follower.span).to.equal(8)
  })

  it("waits when it is told that it asks too much, and asks for no less", async () => {
    await say(1, 2, 3, 4, 5)
    const { follower, told, poll } = await follow()
    const { span } = follower
    first.fault("eth_getLogs", { kind: "error", code: -32005, message: "rate limit exceeded" }, { times: 1 })
    await expectError("RpcLimited", poll)
    expect([first.count("eth_getLogs"), follower.span, follower.cursor]).to.deep.equal([1, span, 0])
    while (chain.health[0].rest > 0) await wait(chain.health[0].rest * 1000)
    await poll()
    expect(told).to.have.length(1)
  })

  it("stays where it is when a single block cannot be read", async () => {
    await say(1, 2, 3, 4, 5, 6)
    const { follower, told, poll } = await follow()
    first.fault("eth_getLogs", { kind: "error", message: "too many results" })
    await expectError("RpcRefused", poll)
    expect([follower.cursor, told]).to.deep.equal([0, []])
    for (const fault of ["truncate", "html", "reset"] as const) {
      first.fault("eth_getLogs", { kind: fault })
      while (chain.health[0].rest > 0) await wait(chain.health[0].rest * 1000)
      await expectError("RpcUnavailable", poll)
    }
    expect([follower.cursor, told]).to.deep.equal([0, []])
  })

  it("does not take silence of a node that is behind for an answer", async () => {
    await say(1, 2, 3, 4, 5)
    const { follower, told, poll } = await follow()
    await heads.poll()
    first.lag(2)
    await expectError("BlockUnknown", poll)
    expect([follower.cursor, told]).to.deep.equal([0, []])
    first.lag()
    await poll()
    expect(told[0].words).to.deep.equal([1, 2, 3, 4, 5])
  })

  it("takes no logs that cannot be", async () => {
    await say(1, 2, 3, 4, 5)
    const { told, poll } = await follow()
    const [log] = await node.rpc<object[]>("eth_getLogs", { fromBlock: "0x1", toBlock: "0x1" })
    const lies = [
      "logs",
      [null],
      [{ ...log, address: account(0).address.toLowerCase() }],
      [{ ...log, blockNumber: "0x63" }],
      [{ ...log, topics: "none" }],
      [{ ...log, removed: true }],
      [{ ...log, blockHash: `0x${"77".repeat(32)}`, blockNumber: "0x5" }],
    ]
    for (const result of lies) {
      first.fault("eth_getLogs", { kind: "result", result })
      while (chain.health[0].rest > 0) await wait(chain.health[0].rest * 1000)
      const error: unknown = await poll().catch((reason: unknown) => reason)
      const isNamed = isOnusError(error, "RpcUnavailable") || isOnusError(error, "BlockUnknown")
      expect(isNamed, JSON.stringify(result)).to.equal(true)
    }
    expect(told).to.deep.equal([])
  })

  it("believes no node alone that nothing was there, before it moves on", async () => {
    chain.destroy()
    const [there, here] = [first.url, second.url.replace("127.0.0.1", "localhost")]
    await connect([there, here])
    await say(1, 2, 3, 4, 5)
    first.fault("eth_getLogs", { kind: "result", result: [] })
    const { follower, told, poll } = await follow()
    await poll()
    expect(told).to.deep.equal([{ words: [1, 2], range: { from: 1, to: 5, final: 2 } }])
    expect(follower.cursor).to.equal(2)
    first.heal()
    await poll()
    expect(told[1].words).to.deep.equal([3, 4, 5])
  })

  it("stops when the block up to which it had read is another one after a restart", async () => {
    await node.undo(async () => {
      await say(1, 2, 3, 4, 5, 6)
      await (await follow()).poll()
    })
    await say(7, 8, 9, 10, 11, 12)
    const { told, follower } = await follow()
    heads = new HeadFollower(chain, { depth: 3, forceDepth: true })
    await expectError("ReorgTooDeep", async () => follower.poll(await heads.poll()))
    expect(told).to.deep.equal([])
  })

  it("concludes nothing from a node that is before what was read already", async () => {
    await say(1, 2, 3, 4, 5, 6)
    await (await follow()).poll()
    first.lag(5)
    heads = new HeadFollower(chain, { depth: 0, forceDepth: true })
    const { told, poll } = await follow()
    await expectError("CursorAhead", poll)
    expect(told).to.deep.equal([])
  })

  it("does one thing at a time", async () => {
    await say(1, 2, 3, 4, 5)
    const { told, poll } = await follow()
    await Promise.all([poll(), poll(), poll()])
    expect(told).to.have.length(1)
  })
})
