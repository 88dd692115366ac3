import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect } from "chai"
import type { ChainFacts } from "../../src/facts/chain/open.ts"
import { handle } from "../../src/facts/index/handle.ts"
import { decode } from "../../src/facts/index/codec.ts"
import { openIndexFacts } from "../../src/facts/index/open.ts"
import type { Facts } from "../../src/facts/source.ts"
import { expectError } from "../sdk/expect-error.ts"
import { everything } from "./everything.ts"
import { follow } from "./follow.ts"
import { play } from "./history/play.ts"
import { type World, createWorld } from "./history/world.ts"
import { type Served, serve } from "./serve.ts"

describe("Facts over HTTP", () => {
  let world: World
  let chain: Served
  let facts: ChainFacts
  let url: string
  let remote: Facts
  const server = createServer((request, response) => {
    void handle(facts, new URL(request.url!, url)).then(({ status, body }) =>
      response.writeHead(status, { "content-type": "application/json" }).end(body),
    )
  })

  before(async () => {
    world = await createWorld(7)
    await play(world, 60)
    chain = await serve(world.connection)
    facts = await follow(world, chain.url)
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    remote = openIndexFacts({ url })
  })
  after(async () => {
    server.closeAllConnections()
    server.close()
    facts.close()
    chain.close()
    await world.connection.close()
  })

  it("are the same as without, amounts included", async () => {
    expect(await remote.status()).to.deep.equal(await facts.status())
    expect(await everything(remote)).to.deep.equal(await everything(facts))
  })

  it("take every wish", async () => {
    const wish = {
      order: "stake",
      isDescending: false,
      status: "active",
      minStake: 5n,
      minScore: 0,
      search: "0x",
      limit: 2,
    } as const
    expect(await remote.providers(wish)).to.deep.equal(await facts.providers(wish))
    const { data } = await facts.models()
    const model = data.items[0].id
    expect(await remote.batches({ model, limit: 1 })).to.deep.equal(await facts.batches({ model, limit: 1 }))
  })

  it("refuse what makes no sense with a status and a name", async () => {
    for (const [path, status, code] of [
      ["/v1/providers?limit=9999", 400, "LimitInvalid"],
      ["/v1/providers?limit=-1", 400, "ParameterInvalid"],
      ["/v1/providers?minStake=1e99", 400, "ParameterInvalid"],
      ["/v1/providers?__proto__=1", 400, "ParameterInvalid"],
      [`/v1/providers?search=${"x".repeat(5000)}`, 400, "ParameterInvalid"],
      ["/v1/providers/0x00", 400, "AddressInvalid"],
      ["/v1/receipts/%00", 400, "HashInvalid"],
      ["/v1/disputes?state=any", 400, "ChoiceInvalid"],
      ["/v2/anything", 404, "PathUnknown"],
    ] as const) {
      const response = await fetch(`${url}${path}`)
      const { error } = (await response.json()) as { error: { code: string } }
      expect([response.status, error.code], path).to.deep.equal([status, code])
    }
    await expectError("LimitInvalid", () => remote.models({ limit: 0 }))
    const missing = await fetch(`${url}/v1/receipts/0x${"ab".repeat(32)}`)
    expect(missing.status).to.equal(404)
    expect((await remote.receipt(`0x${"ab".repeat(32)}`)).data).to.equal(null)
  })

  it("name an index that is not there, and what is no index", async () => {
    await expectError("IndexUnreachable", () => openIndexFacts({ url: "http://127.0.0.1:1" }).status())
    await expectError("IndexInvalid", () => openIndexFacts({ url: chain.url }).status())
    expect(decode('{ "active": "10" }')).to.deep.equal({ active: 10n })
    for (const amount of ["", " ", "0x10", "-1", "9".repeat(1_000_000)])
      expect(() => decode(JSON.stringify({ active: amount }))).to.throw(SyntaxError, "is no amount")
  })
})
