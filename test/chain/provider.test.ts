import { setTimeout as wait } from "node:timers/promises"
import { Contract, Wallet } from "ethers"
import { expect } from "chai"
import { isOnusError } from "../../src/protocol/errors.ts"
import { type Chain, type ChainOptions, openChain } from "../../src/chain/provider.ts"
import type { CallStats } from "../../src/chain/endpoint.ts"
import { redacted } from "../../src/chain/url.ts"
import { account } from "../cli/chain.ts"
import type { Fault } from "../helpers/rpc-faults.ts"
import { type Proxy, startProxy } from "../helpers/rpc-proxy.ts"
import { expectError } from "../sdk/expect-error.ts"
import { type Node, startNode } from "./node.ts"

describe("Chain", () => {
  let node: Node
  let first: Proxy
  let second: Proxy
  let chains: Chain[] = []
  const calls: CallStats[] = []

  before(async () => {
    node = await startNode()
    ;[first, second] = [await startProxy(node.url), await startProxy(node.url)]
    await node.mine(5)
  })
  afterEach(async () => {
    for (const chain of chains) chain.destroy()
    chains = []
    calls.length = 0
    for (const proxy of [first, second]) {
      await proxy.up()
      proxy.heal()
      proxy.calls.length = 0
      proxy.transactions.length = 0
    }
  })
  after(async () => {
    await first.close()
    await second.close()
    await node.close()
  })

  const open = async (options: Partial<ChainOptions> = {}): Promise<Chain> => {
    const stats = (call: CallStats) => calls.push(call)
    const chain = await openChain({ urls: [first.url, second.url], chainId: 31337, stats, ...options })
    chains.push(chain)
    return chain
  }
  const rested = async (chain: Chain, url: number) => {
    while (chain.health[url].rest > 0) await wait(chain.health[url].rest * 1000)
  }
  const signed = async (nonce?: number): Promise<string> => {
    const { address } = account(0)
    const next = Number(await node.rpc("eth_getTransactionCount", address, "latest"))
    const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 1n, gasLimit: 21_000n, type: 2 }
    return account(0).signTransaction({ to: address, nonce: nonce ?? next, chainId: 31337n, ...fees })
  }

  it("asks the first URL, and not the others", async () => {
    const chain = await open()
    expect(await chain.getBlockNumber()).to.equal(5)
    expect([first.count("eth_blockNumber"), second.count("eth_blockNumber")]).to.deep.equal([1, 0])
    const [{ host }] = calls.filter(({ method }) => method === "eth_blockNumber")
    expect(host).to.equal(new URL(first.url).host)
  })

  const FAULTS: readonly Fault[] = [
    { kind: "reset" },
    { kind: "status", status: 500 },
    { kind: "status", status: 503 },
    { kind: "status", status: 429 },
    { kind: "status", status: 429, retryAfter: 60 },
    { kind: "status", status: 403 },
    { kind: "status", status: 404 },
    { kind: "hang" },
    { kind: "truncate" },
    { kind: "html" },
    { kind: "error", code: -32005, message: "daily request count exceeded, request rate limited" },
    { kind: "error", message: "header not found" },
    { kind: "error", code: -32601, message: "the method eth_blockNumber does not exist/is not available" },
    { kind: "error", code: -32603, message: "Internal error" },
  ]
  for (const fault of FAULTS)
    it(`goes on to the next URL after ${JSON.stringify(fault)}`, async () => {
      const chain = await open({ timeout: fault.kind === "hang" ? 3_000 : 10_000 })
      first.fault("eth_blockNumber", fault)
      expect(await chain.getBlockNumber()).to.equal(5)
      expect(second.count("eth_blockNumber")).to.equal(1)
    })

  it("goes on to the next URL when the first is gone, and comes back when it is there again", async () => {
    const chain = await open()
    await first.down()
    expect(await chain.getBlockNumber()).to.equal(5)
    expect(chain.health.map(({ healthy }) => healthy)).to.deep.equal([false, true])
    expect(chain.health[0].rest).to.be.greaterThan(0)
    await first.up()
    await rested(chain, 0)
    await second.down()
    const before = first.calls.length
    await chain.getBlockNumber()
    // What comes back may be something else.
    expect(first.calls[before].method).to.equal("eth_chainId")
    expect(chain.health[0].healthy).to.equal(true)
  })

  it("leaves alone what failed, as long as it was told to", async () => {
    const chain = await open()
    first.fault("eth_blockNumber", { kind: "status", status: 429, retryAfter: 100 })
    for (let i = 0; i < 5; i++) await chain.getBlockNumber()
    expect(first.count("eth_blockNumber")).to.equal(1)
    expect(chain.health[0].rest).to.be.within(50, 100)
  })

  it("takes an error about the question as the answer", async () => {
    const chain = await open()
    for (const fault of [
      { message: "execution reverted: rate limit", code: 3, data: "0x08c379a0" },
      { message: "execution reverted: header not found", code: -32000 },
      { message: "invalid argument 0", code: -32602 },
    ]) {
      first.fault("eth_call", { kind: "error", ...fault })
      const { message } = await expectError("RpcRefused", () => chain.ask("eth_call", [{}, "latest"]))
      expect(message).to.contain(fault.message)
    }
    expect(second.count("eth_call")).to.equal(0)
    expect(chain.health[0].healthy).to.equal(true)
  })

  it("never lets a node's failure look like a contract's refusal", async () => {
    const chain = await open()
    const contract = new Contract(account(1).address, ["function f() view returns (uint256)"], chain)
    for (const proxy of [first, second])
      proxy.fault("eth_call", { kind: "error", code: -32005, message: "rate limit" })
    const error: unknown = await contract.f().catch((reason: unknown) => reason)
    expect(isOnusError(error, "RpcLimited"), String(error)).to.equal(true)
  })

  it("says why nobody answers, and then leaves all of them alone", async () => {
    const chain = await open()
    await first.down()
    await second.down()
    const { message } = await expectError("RpcUnavailable", () => chain.ask("eth_blockNumber", []))
    expect(message).to.contain("ECONNREFUSED").and.contain(new URL(second.url).host)
    const { message: later } = await expectError("RpcUnavailable", () => chain.ask("eth_blockNumber", []))
    expect(later).to.contain("a moment ago")
  })

  it("tells a method that no node has, a block that no node has, and time that is up apart", async () => {
    const chain = await open({ timeout: 3_000 })
    for (const proxy of [first, second]) proxy.fault("a", { kind: "error", code: -32601, message: "no" })
    await expectError("MethodUnsupported", () => chain.ask("a", []))
    for (const proxy of [first, second]) proxy.fault("b", { kind: "error", message: "unknown block" })
    await expectError("BlockUnknown", () => chain.ask("b", []))
    for (const proxy of [first, second]) proxy.fault("c", { kind: "hang" })
    await expectError("RpcTimeout", () => chain.ask("c", []))
  })

  it("ends when nobody waits any more", async () => {
    const chain = await open()
    for (const proxy of [first, second]) proxy.fault("eth_blockNumber", { kind: "hang" })
    const controller = new AbortController()
    const waiting = chain.ask("eth_blockNumber", [], { signal: controller.signal })
    controller.abort(new Error("enough"))
    expect(await waiting.catch(({ message }: Error) => message)).to.equal("enough")
    expect(chain.health.map(({ healthy }) => healthy)).to.deep.equal([true, true])
  })

  it("starts only with URLs of the right chain, and with at least one that answers", async () => {
    second.fault("eth_chainId", { kind: "result", result: "0x1" })
    const { message } = await expectError("ChainMismatch", () => open())
    expect(message).to.contain("serves chain 1, not chain 31337")
    await second.down()
    expect(await (await open()).getBlockNumber()).to.equal(5)
    await first.down()
    await expectError("RpcUnreachable", () => open())
    await expectError("RpcInvalid", () => open({ urls: [] }))
    await expectError("RpcInvalid", () => open({ urls: ["file:///etc/passwd"] }))
  })

  it("never uses a URL again that comes back with another chain", async () => {
    const chain = await open()
    first.fault("*", { kind: "reset" })
    await chain.getBlockNumber()
    first.heal()
    first.fault("eth_chainId", { kind: "result", result: "0x1" })
    await rested(chain, 0)
    second.fault("eth_blockNumber", { kind: "status", status: 500 })
    const { message } = await expectError("RpcUnavailable", () => chain.ask("eth_blockNumber", []))
    expect(message).to.contain("serves chain 1, not chain 31337")
    first.heal()
    second.heal()
    await rested(chain, 1)
    const before = first.calls.length
    for (let i = 0; i < 3; i++) await chain.getBlockNumber()
    expect(first.calls.length).to.equal(before)
  })

  it("gives a transaction to every node", async () => {
    const chain = await open()
    const raw = await signed()
    const hash = await chain.ask("eth_sendRawTransaction", [raw])
    while (first.transactions.length + second.transactions.length < 2) await node.rpc("eth_blockNumber")
    expect(first.transactions[0].hash).to.equal(hash)
    expect(second.transactions[0].hash).to.equal(hash)
  })

  it("has sent a transaction when one node took it or had it", async () => {
    const chain = await open()
    first.fault("eth_sendRawTransaction", { kind: "status", status: 500 })
    expect(await chain.ask("eth_sendRawTransaction", [await signed()])).to.match(/^0x/)
    const again = await open()
    for (const proxy of [first, second])
      proxy.fault("eth_sendRawTransaction", { kind: "error", message: "already known" })
    expect(await again.ask("eth_sendRawTransaction", [await signed()])).to.match(/^0x[0-9a-f]{64}$/)
  })

  it("says why no node takes a transaction", async () => {
    const chain = await open()
    second.fault("eth_sendRawTransaction", { kind: "hang" })
    const { message } = await expectError("RpcRefused", async () => {
      const sent = chain.ask("eth_sendRawTransaction", [await signed(0)])
      while (second.count("eth_sendRawTransaction") === 0) await node.rpc("eth_blockNumber")
      second.heal()
      return sent
    })
    expect(message).to.match(/nonce too low/i)
  })

  it("does not believe a node that says it took another transaction", async () => {
    const chain = await open({ urls: [first.url] })
    first.fault("eth_sendRawTransaction", { kind: "result", result: `0x${"11".repeat(32)}` })
    await expectError("RpcUnavailable", async () => chain.ask("eth_sendRawTransaction", [await signed()]))
  })

  it("takes the highest nonce that any node knows", async () => {
    const chain = await open()
    await node.rpc("eth_sendRawTransaction", await signed())
    const count = Number(await node.rpc("eth_getTransactionCount", account(0).address, "latest"))
    first.lag(1)
    expect(await chain.transactionCount(account(0).address, "latest")).to.equal(count)
    expect(await chain.getTransactionCount(account(0).address, "pending")).to.equal(count)
    second.fault("eth_getTransactionCount", { kind: "status", status: 500 })
    expect(await chain.transactionCount(account(0).address, "latest")).to.equal(count - 1)
  })

  it("asks the others for what one node has not seen", async () => {
    const chain = await open()
    const hash = await node.rpc("eth_sendRawTransaction", await signed())
    first.lag(1)
    expect(await chain.getTransactionReceipt(hash as string)).to.not.equal(null)
    expect(await chain.getTransaction(hash as string)).to.not.equal(null)
    const { number } = await node.block()
    expect((await chain.getBlock(Number(number)))?.number).to.equal(Number(number))
    expect(await chain.getTransactionReceipt(`0x${"22".repeat(32)}`)).to.equal(null)
  })

  it("prefers a node that is at the head to one that is far behind", async () => {
    const chain = await open({ survey: 0 })
    const { number } = await node.block()
    first.lag(4)
    expect((await chain.latest()).number).to.equal(Number(number))
    const before = first.count("eth_gasPrice")
    await chain.ask("eth_gasPrice", [])
    expect(first.count("eth_gasPrice")).to.equal(before)
    first.lag()
    await chain.latest()
    await chain.ask("eth_gasPrice", [])
    expect(first.count("eth_gasPrice")).to.equal(before + 1)
  })

  it("works for ethers' contracts and signers", async () => {
    const chain = await open({ urls: [first.url] })
    const wallet = new Wallet(account(3).privateKey, chain)
    const response = await wallet.sendTransaction({ to: account(4).address, value: 1n })
    expect((await response.wait())?.status).to.equal(1)
    expect((await chain.getNetwork()).chainId).to.equal(31337n)
  })

  it("shows nothing of a URL but its host", async () => {
    const port = new URL(first.url).port
    const secret = "s3cr3t-passw0rd"
    const key = "0123456789abcdef0123"
    const url = `http://operator:${secret}@127.0.0.1:${port}/v3/${key}?token=${key}zz`
    const said: unknown[] = []
    const tell = (details: object, message: string) => said.push(details, message)
    const log = { info: tell, warn: tell, error: tell }
    const chain = await open({ urls: [url], log })
    first.fault("x", { kind: "error", message: `no project ${key} for operator ${secret}`, code: 1 })
    said.push(await expectError("RpcRefused", () => chain.ask("x", [])))
    await first.down()
    said.push(await expectError("RpcUnavailable", () => chain.ask("eth_blockNumber", [])))
    said.push(await expectError("RpcUnreachable", () => open({ urls: [url], log })))
    said.push(await expectError("RpcInvalid", () => open({ urls: [`ws://${secret}@host`] })))
    said.push(calls, chain.health, redacted(url), redacted(secret))
    const text = said.map((thing) => `${JSON.stringify(thing)} ${describeError(thing)}`).join("\n")
    expect(text).to.contain(`127.0.0.1:${port}`)
    expect(text).to.not.contain(secret).and.not.contain(key).and.not.contain("operator")
  })

  /** Everything that a logger could find in an error. */
  const describeError = (thing: unknown): string =>
    thing instanceof Error
      ? `${thing.stack} ${JSON.stringify(thing.cause)} ${describeError(thing.cause)}`
      : ""
})
