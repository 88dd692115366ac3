import { type ServerResponse, createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { expect } from "chai"
import { type Chain, openChain } from "../../src/chain/provider.ts"
import { readLimited } from "../../src/chain/read-limited.ts"
import { parseTarget } from "../../src/chain/url.ts"
import { expectError } from "../sdk/expect-error.ts"

describe("a hostile node", () => {
  let chain: Chain
  let ends: (() => void)[] = []
  afterEach(() => {
    for (const end of ends) end()
    ends = []
  })

  /** A chain behind one node that says its chain, and then does something else. */
  const meet = async (answer: (response: ServerResponse, id: number, headers: object) => void) => {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        const { id, method } = JSON.parse(body) as { id: number; method: string }
        if (method !== "eth_chainId") return answer(response, id, request.headers)
        response.end(JSON.stringify({ jsonrpc: "2.0", id, result: "0x7a69" }))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as AddressInfo
    chain = await openChain({ urls: [`http://u:p@127.0.0.1:${port}/`], chainId: 31337n, timeout: 3_000 })
    ends.push(
      () => chain.destroy(),
      () => server.closeAllConnections(),
      () => server.close(),
    )
  }
  const says = (json: (id: number) => unknown) =>
    meet((response, id) => response.end(JSON.stringify(json(id))))

  it("is given its password in a header", async () => {
    let given: object = {}
    await meet((response, id, headers) => {
      given = headers
      response.end(JSON.stringify({ id, result: "0x1" }))
    })
    expect(await chain.getBlockNumber()).to.equal(1)
    expect(given).to.include({ authorization: `Basic ${Buffer.from("u:p").toString("base64")}` })
  })

  it("is not believed when it answers another question, or none", async () => {
    for (const answer of [
      (id: number) => ({ id: id + 1, result: "0x1" }),
      (id: number) => ({ id: String(id), result: "0x1" }),
      (id: number) => ({ id }),
      (id: number) => ({ id, error: "no" }),
      (id: number) => ({ id, result: null }),
      (id: number) => [{ id, result: "0x1" }],
      () => null,
      () => 7,
    ]) {
      await says(answer)
      await expectError("RpcUnavailable", () => chain.ask("eth_blockNumber", []))
    }
  })

  it("keeps nobody waiting with an answer that never ends", async () => {
    await meet((response) => {
      response.write('{"jsonrpc":"2.0",')
      const timer = setInterval(() => response.write(" "), 20)
      ends.push(() => clearInterval(timer))
    })
    await expectError("RpcTimeout", () => chain.ask("eth_blockNumber", []))
  })

  it("sends nobody elsewhere", async () => {
    await meet((response) => response.writeHead(307, { location: "http://169.254.169.254/" }).end())
    await expectError("RpcUnavailable", () => chain.ask("eth_blockNumber", []))
  })

  it("fills no memory", async () => {
    expect(await readLimited(new Response("abc"), 3)).to.equal("abc")
    const { message } = await expectError("AnswerTooLong", () => readLimited(new Response("abcd"), 3))
    expect(message).to.contain("3 bytes")
    expect(await readLimited(new Response(null), 3)).to.equal("")
  })

  it("cannot have what is secret in a URL printed, or much at all", () => {
    const { scrub, host } = parseTarget(
      "https://me:p%40ss@rpc.example.org:8443/v3/0123456789abcdef?key=fedcba9876543210#f",
    )
    expect(host).to.equal("rpc.example.org:8443")
    const words = scrub("me p@ss p%40ss 0123456789abcdef fedcba9876543210 /v3/ fine")
    expect(words).to.equal("*** *** *** *** *** /v3/ fine")
    expect(scrub("x".repeat(10_000)).length).to.equal(300)
  })

  it("tells no block that it was not asked for", async () => {
    const block = {
      number: "0x7",
      hash: `0x${"11".repeat(32)}`,
      parentHash: `0x${"22".repeat(32)}`,
      timestamp: "0x1",
    }
    await says((id) => ({ id, result: block }))
    expect((await chain.blockAt(7))?.number).to.equal(7)
    await expectError("RpcUnavailable", () => chain.blockAt(8))
    await expectError("RpcUnavailable", () => chain.blockAt(`0x${"33".repeat(32)}`))
    for (const wrong of [
      { number: "0x" },
      { number: 7 },
      { hash: "0x11" },
      { timestamp: "0xffffffffffffffff" },
    ]) {
      await says((id) => ({ id, result: { ...block, ...wrong } }))
      await expectError("RpcUnavailable", () => chain.latest())
    }
  })
})
