import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect } from "chai"
import { headOf } from "../../indexer/src/api/head.ts"

describe("The head that an index compares itself with", () => {
  it("grows old while the node does not answer", async () => {
    const result = { number: "0x10", timestamp: "0x100" }
    const node = createServer((_, response) => response.end(JSON.stringify({ id: 1, result })))
    await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve))
    let now = 5_000
    const head = headOf(`http://127.0.0.1:${(node.address() as AddressInfo).port}`, () => now)
    expect(await head()).to.deep.equal({ block: 16, time: 256 })
    node.closeAllConnections()
    await new Promise((resolve) => node.close(resolve))
    now += 500
    expect((await head()).time, "not asked again so soon").to.equal(256)
    now += 60_000
    expect(await head()).to.deep.equal({ block: 16, time: 256 + 60 })
  })
})
