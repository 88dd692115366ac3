import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { expect } from "chai"
import { openRpc } from "../../src/sdk/rpc.ts"
import { expectError } from "./expect-error.ts"

describe("openRpc", () => {
  const servers: Server[] = []
  after(() => servers.forEach((server) => server.close()))

  /** A server that answers everything with the same text. */
  const serve = async (status: number, text: string): Promise<string> => {
    const server = createServer((_, response) => response.writeHead(status).end(text))
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  it("knows the chain from the node's first answer", async () => {
    const rpc = await openRpc(await serve(200, '{"jsonrpc":"2.0","id":1,"result":"0x2105"}'))
    expect((await rpc.getNetwork()).chainId).to.equal(8453n)
    rpc.destroy()
  })

  it("leaves room above the gas that the node estimates for what the next second costs", async () => {
    const rpc = await openRpc(await serve(200, '{"jsonrpc":"2.0","id":1,"result":"0x186a0"}'))
    expect(await rpc.estimateGas({ to: `0x${"11".repeat(20)}` })).to.equal(170_000n)
    rpc.destroy()
  })

  it("gives up at once where nobody listens", async () => {
    const url = await serve(200, "")
    await new Promise((resolve) => servers.pop()?.close(resolve))
    const { message, hint } = await expectError("RpcUnreachable", () => openRpc(url))
    expect(message).to.contain(url)
    expect(hint).to.contain("hardhat node")
  })

  it("refuses what is no node", async () => {
    await expectError("RpcInvalid", async () => openRpc(await serve(200, "<html>")))
    await expectError("RpcInvalid", async () => openRpc(await serve(404, "{}")))
    await expectError("RpcInvalid", async () => openRpc(await serve(200, '{"error":{"message":"no"}}')))
    for (const result of ['"banana"', '"0x"', '""', '"-1"', "7", "null"])
      await expectError("RpcInvalid", async () => openRpc(await serve(200, `{"result":${result}}`)))
    await expectError("RpcInvalid", async () => openRpc(await serve(200, "null")))
    await expectError("RpcInvalid", () => openRpc("file:///etc/passwd"))
    await expectError("RpcInvalid", () => openRpc("not a URL"))
  })
})
