import { spawn } from "node:child_process"
import { once } from "node:events"
import { expect } from "chai"
import { control } from "../helpers/rpc-proxy-control.ts"
import { type Proxy, startProxy } from "../helpers/rpc-proxy.ts"
import { account } from "../cli/chain.ts"
import { COMPILED, SOURCES } from "../helpers/sources.ts"
import { type Node, answerOf, ask, startNode } from "./node.ts"

const failure = (action: Promise<unknown>): Promise<unknown> =>
  action.then(
    () => undefined,
    (error: unknown) => error,
  )

describe("the RPC proxy", () => {
  let node: Node
  let proxy: Proxy
  let nonce = 0
  before(async () => {
    node = await startNode()
    proxy = await startProxy(node.url)
    await node.mine(9)
  })
  afterEach(() => proxy.heal())
  after(async () => {
    await proxy.close()
    await node.close()
  })

  const signed = (): Promise<string> =>
    account(0).signTransaction({
      to: account(1).address,
      value: 1n,
      nonce: nonce++,
      gasLimit: 21_000n,
      chainId: 31337n,
      type: 2,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 1n,
    })

  it("passes calls on and remembers them", async () => {
    expect(await ask(proxy.url, "eth_chainId")).to.equal("0x7a69")
    expect(proxy.calls.at(-1)).to.deep.equal({ method: "eth_chainId", params: [] })
    expect(await answerOf(proxy.url, "eth_nonsense")).to.have.property("error")
  })

  it("hits the calls of one method, or of all, as often as asked", async () => {
    proxy.fault("eth_chainId", { kind: "error", code: -32005, message: "rate limit" }, { times: 2 })
    const refusal = { code: -32005, message: "rate limit" }
    expect((await answerOf(proxy.url, "eth_chainId")).error).to.deep.equal(refusal)
    expect(await ask(proxy.url, "eth_blockNumber")).to.equal("0x9")
    expect((await answerOf(proxy.url, "eth_chainId")).error).to.deep.equal(refusal)
    expect(await ask(proxy.url, "eth_chainId")).to.equal("0x7a69")
    proxy.fault("*", { kind: "result", result: null })
    expect(await ask(proxy.url, "eth_blockNumber")).to.equal(null)
    expect(proxy.calls.at(-1)?.fault).to.equal("result")
  })

  it("breaks what carries the answer", async () => {
    const post = () => fetch(proxy.url, { method: "POST", body: '{"method":"eth_chainId"}' })
    proxy.fault("*", { kind: "status", status: 429, retryAfter: 7 })
    const refused = await post()
    expect([refused.status, refused.headers.get("retry-after")]).to.deep.equal([429, "7"])
    proxy.fault("*", { kind: "html" })
    expect(await (await post()).text()).to.match(/^<!doctype/)
    proxy.fault("*", { kind: "truncate" })
    const half = await (await post()).text()
    expect(half).to.match(/^\{/)
    expect(() => JSON.parse(half) as unknown).to.throw(SyntaxError)
    proxy.fault("*", { kind: "reset" })
    expect(await failure(post())).to.be.instanceOf(TypeError)
  })

  it("hangs until it is healed, and answers late", async () => {
    proxy.fault("eth_chainId", { kind: "hang" })
    const hung = failure(ask(proxy.url, "eth_chainId"))
    while (!proxy.calls.some(({ fault }) => fault === "hang")) await ask(proxy.url, "eth_blockNumber")
    proxy.heal("eth_chainId")
    expect(await hung).to.be.instanceOf(TypeError)
    proxy.fault("eth_chainId", { kind: "delay", milliseconds: 1 })
    expect(await ask(proxy.url, "eth_chainId")).to.equal("0x7a69")
  })

  it("refuses connections, and takes them again at the same place", async () => {
    const { url } = proxy
    await proxy.down()
    expect(await failure(ask(url, "eth_chainId"))).to.be.instanceOf(TypeError)
    await proxy.up()
    expect(await ask(url, "eth_chainId")).to.equal("0x7a69")
  })

  it("answers in place of the node", async () => {
    proxy.answer("eth_blockNumber", async (_, forward) => ({
      result: `${String((await forward()).result)}0`,
    }))
    expect(await ask(proxy.url, "eth_blockNumber")).to.equal("0x90")
  })

  it("shows the chain as it was some blocks ago", async () => {
    const raw = await signed()
    const hash = await ask(proxy.url, "eth_sendRawTransaction", raw)
    await node.mine(2)
    const height = Number(await node.rpc("eth_blockNumber"))
    proxy.lag(3)
    expect(Number(await ask(proxy.url, "eth_blockNumber"))).to.equal(height - 3)
    for (const tag of ["latest", "pending", "finalized"]) {
      const { number } = (await ask(proxy.url, "eth_getBlockByNumber", tag, false)) as { number: string }
      expect(Number(number), tag).to.be.at.most(height - 3)
    }
    expect(await ask(proxy.url, "eth_getBlockByNumber", `0x${height.toString(16)}`, false)).to.equal(null)
    expect(await ask(proxy.url, "eth_getBlockByHash", (await node.block()).hash, false)).to.equal(null)
    expect(await ask(proxy.url, "eth_getTransactionReceipt", hash)).to.equal(null)
    expect(await ask(proxy.url, "eth_getTransactionByHash", hash)).to.equal(null)
    const { address } = account(0)
    expect(Number(await ask(proxy.url, "eth_getTransactionCount", address, "latest"))).to.equal(nonce - 1)
    expect(await answerOf(proxy.url, "eth_getBalance", address, `0x${height.toString(16)}`)).to.have.property(
      "error",
    )
    proxy.lag({ at: height - 1 })
    expect(Number(await ask(proxy.url, "eth_blockNumber"))).to.equal(height - 1)
    proxy.lag()
    expect(await ask(proxy.url, "eth_getTransactionReceipt", hash)).to.not.equal(null)
    expect(Number(await ask(proxy.url, "eth_getTransactionCount", address, "latest"))).to.equal(nonce)
  })

  it("drops transactions, or holds them until they are released", async () => {
    const { address } = account(0)
    const count = async () => Number(await node.rpc("eth_getTransactionCount", address, "latest"))
    const [raw, held] = [await signed(), await signed()]
    proxy.fault("eth_sendRawTransaction", { kind: "drop" })
    const hash = await ask(proxy.url, "eth_sendRawTransaction", raw)
    expect(proxy.transactions.at(-1)).to.deep.equal({ hash, raw, fate: "dropped" })
    expect(await count()).to.equal(nonce - 2)
    proxy.heal()
    await ask(proxy.url, "eth_sendRawTransaction", raw)
    expect(await count()).to.equal(nonce - 1)
    proxy.fault("eth_sendRawTransaction", { kind: "hold" })
    await ask(proxy.url, "eth_sendRawTransaction", held)
    expect(await count()).to.equal(nonce - 1)
    const [answer] = await proxy.release()
    expect(answer.result).to.equal(proxy.transactions.at(-1)?.hash)
    expect(await count()).to.equal(nonce)
  })

  it("is switched from another process", async () => {
    const child = spawn(process.execPath, [...SOURCES, "test/drills/proxy-main.ts", node.url], {
      env: { ...process.env, ...COMPILED },
      stdio: ["ignore", "pipe", "inherit"],
    })
    try {
      const [line] = (await once(child.stdout, "data")) as [Buffer]
      const remote = JSON.parse(line.toString()) as { url: string; control: string }
      await control(remote.control, {
        fault: { method: "eth_chainId", fault: { kind: "result", result: "0x1" } },
      })
      expect(await ask(remote.url, "eth_chainId")).to.equal("0x1")
      await control(remote.control, { heal: true })
      await control(remote.control, { down: true })
      expect(await failure(ask(remote.url, "eth_chainId"))).to.be.instanceOf(TypeError)
      await control(remote.control, { up: true })
      expect(await ask(remote.url, "eth_chainId")).to.equal("0x7a69")
      expect((await control(remote.control)).calls.map(({ method }) => method)).to.deep.equal([
        "eth_chainId",
        "eth_chainId",
      ])
    } finally {
      child.kill()
      await once(child, "exit")
    }
  })
})
