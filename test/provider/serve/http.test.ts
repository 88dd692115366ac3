import { connect } from "node:net"
import type { AddressInfo } from "node:net"
import { expect } from "chai"
import type { FastifyInstance } from "fastify"
import { type HttpOptions, addInference, httpServer } from "../../../src/provider/serve/http.ts"
import type { Handler } from "../../../src/provider/serve/infer.ts"
import { digits } from "../parts.ts"
import { ask } from "./client.ts"

describe("a server that strangers talk to", () => {
  const model = { name: "m", program: digits(), trace: "eager" } as const
  const PATH = "/v2/models/m/infer"
  let app: FastifyInstance

  const start = async (options: HttpOptions, handler: Handler) => {
    app = httpServer(options)
    addInference(app, model, ["/v2/models/m"], handler)
    await app.listen({ host: "127.0.0.1", port: 0 })
    return { port: (app.server.address() as AddressInfo).port }
  }
  afterEach(() => app.close())

  it("does not wait for a client that sends too slowly", async () => {
    const { port } = await start({ requestTimeout: 400, headersTimeout: 400 }, async (_, reply) =>
      reply.send("{}"),
    )
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, "127.0.0.1")
      let text = ""
      socket.on("data", (data) => (text += data.toString()))
      socket.on("close", () => resolve(text))
      socket.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{`)
    })
    expect(answer).to.match(/^HTTP\/1\.1 408 /)
  })

  it("holds as many bodies as it has room for, until they are answered", async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    const server = await start({ bodyBytes: 150 }, async (_, reply) => {
      arrived.resolve()
      await promise
      return reply.send("{}")
    })
    const first = ask(server, "POST", PATH, "x".repeat(100))
    await arrived.promise
    const second = await ask(server, "POST", PATH, "x".repeat(100))
    expect([second.status, second.headers["retry-after"]]).to.deep.equal([503, "2"])
    resolve()
    expect((await first).status).to.equal(200)
    expect((await ask(server, "POST", PATH, "x".repeat(100))).status).to.equal(200)
  })
})
