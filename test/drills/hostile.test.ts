import { request } from "node:http"
import { connect } from "node:net"
import { once } from "node:events"
import { gzipSync } from "node:zlib"
import { expect } from "chai"
import { consumer, program } from "./stage/roles.ts"
import { inferBody, picture } from "./stage/client.ts"
import { eventually } from "./stage/eventually.ts"
import type { NodeProcess } from "./stage/node-process.ts"
import { Stage } from "./stage/stage.ts"

const PATH = "/v2/models/digits/infer"
const MIB = 2 ** 20
const [{ name, shape }] = program.inputs

/** An answer to something that should not have been sent. */
interface Reply {
  readonly status: number
  readonly body: string
}

/** Sends headers, and as much of a body as the node takes before it answers. */
function send(
  node: NodeProcess,
  headers: Record<string, string>,
  body: (write: (bytes: Buffer | string) => Promise<boolean>) => Promise<void>,
): Promise<Reply | "cut off"> {
  return new Promise((resolve) => {
    const outgoing = request(node.url + PATH, { method: "POST", headers })
    outgoing.setMaxListeners(0)
    let isOver = false
    const end = (reply: Reply | "cut off") => {
      isOver = true
      resolve(reply)
      outgoing.destroy()
    }
    outgoing.on("error", () => end("cut off"))
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      const done = () => end({ status: response.statusCode!, body: Buffer.concat(chunks).toString() })
      response.on("end", done).on("close", done).on("error", done)
    })
    outgoing.flushHeaders()
    void body(async (bytes) => {
      if (isOver) return false
      if (!outgoing.write(bytes))
        await Promise.race([once(outgoing, "drain"), once(outgoing, "close")]).catch(() => undefined)
      return !isOver
    }).then(() => {
      if (!isOver) outgoing.end()
    })
  })
}

const post = (node: NodeProcess, text: string | Buffer, headers: Record<string, string> = {}) =>
  send(
    node,
    { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)), ...headers },
    async (write) => void (await write(text)),
  )

const input = (changes: object) => ({ name, shape, datatype: "FP32", data: picture(1), ...changes })
const parameters = { consumer: consumer.address }
const asking = (inputs: unknown, more: object = {}) => JSON.stringify({ inputs, parameters, ...more })
const wishing = (wish: object) => asking([input({})], { parameters: { ...parameters, ...wish } })

/** Requests that no honest client sends. */
const WRONG: Readonly<Record<string, string>> = {
  "no JSON": "{",
  "nothing at all": "",
  "a number": "7",
  null: "null",
  "a list": "[]",
  "no inputs": "{}",
  "inputs that are no list": asking({}),
  "no input": asking([]),
  "an input twice": asking([input({}), input({})]),
  "an unknown input": asking([input({ name: "__proto__" })]),
  "a name that is no text": asking([input({ name: { toString: 1 } })]),
  "another type": asking([input({ datatype: "INT8" })]),
  "an unknown type": asking([input({ datatype: "constructor" })]),
  "another shape": asking([input({ shape: [1, 1, 28, 29] })]),
  "a negative shape": asking([input({ shape: [-1, -1, 28, 28] })]),
  "an enormous shape": asking([input({ shape: [1e15, 1e15, 1e15, 1e15] })]),
  "a shape of text": asking([input({ shape: ["1", "1", "28", "28"] })]),
  "too few numbers": asking([input({ data: [1] })]),
  "too many numbers": asking([input({ data: [...picture(1), 1] })]),
  "text for numbers": asking([input({ data: picture(1).map(String) })]),
  "null for numbers": asking([input({ data: picture(1).map(() => null) })]),
  "numbers nested in another shape": asking([input({ data: [picture(1).map((value) => [value])] })]),
  "an object for data": asking([input({ data: { length: 784 } })]),
  "a number beyond all": asking([input({})]).replace(/"data":\[[^,]*/, '"data":[1e999'),
  "a binary size without bytes": asking([input({ data: undefined, parameters: { binary_data_size: 3136 } })]),
  "a negative binary size": asking([input({ data: undefined, parameters: { binary_data_size: -1 } })]),
  "an output that is not there": asking([input({})], { outputs: [{ name: "toString" }] }),
  "a request id that is too short": wishing({ request_id: "0x12" }),
  "a request id of another type": wishing({ request_id: 12 }),
  "a consumer that is no address": wishing({ consumer: "0x12" }),
  "a negative coverage": wishing({ coverage: "-1" }),
  "no coverage": wishing({ coverage: "0" }),
  "coverage of all the world": wishing({ coverage: "9".repeat(60) }),
  "coverage in exponents": wishing({ coverage: "1e3" }),
  "a window of for ever": wishing({ challenge_window: 2 ** 53 }),
  "a negative window": wishing({ challenge_window: -600 }),
  "a window of a fraction": wishing({ challenge_window: 600.5 }),
  "an anchor at once": wishing({ anchor_within: 0 }),
  "an anchor some time": wishing({ anchor_within: 1e12 }),
  "terms that are no hash": wishing({ terms_hash: "0x00" }),
  "an evidence key of rubbish": wishing({ evidence_key: "AAAA" }),
}

describe("Drill: hostile and huge requests", () => {
  let stage: Stage
  let node: NodeProcess
  /** Answers that nobody keeps. */
  let others = 0

  before(async () => {
    stage = await Stage.open()
    node = await stage.start({
      config: {
        http: { max_body: "1MiB", headers_timeout: "1s", request_timeout: "3s", max_connections: 200 },
      },
    })
    await stage.books.infer(node)
  })
  after(async () => {
    await stage.close()
  })
  /** Whatever was sent, the node answers others, ready as before. */
  afterEach(async () => {
    expect(node.exit, node.tail()).to.equal(undefined)
    // A machine that is short of time may keep the node from looking at the chain for a while.
    await eventually("others are served", () => stage.books.infer(node))
    await node.ready()
  })

  const expectRefused = (reply: Reply | "cut off", statuses: readonly number[]) => {
    if (reply === "cut off") return
    expect(reply.status, reply.body).to.be.oneOf(statuses)
    expect(JSON.parse(reply.body)).to.have.property("error").that.is.a("string")
    expect(reply.body.length).to.be.below(2000)
  }

  it("5 GB announced: refused before they come", async () => {
    const reply = await send(
      node,
      { "content-type": "application/json", "content-length": "5000000000" },
      async (write) => void (await write("{")),
    )
    expectRefused(reply, [413])
  })

  it("an endless body in chunks: refused when it is too much", async () => {
    let sent = 0
    const reply = await send(node, { "content-type": "application/json" }, async (write) => {
      while (sent < 64 * MIB && (await write(Buffer.alloc(MIB / 4, " ")))) sent += MIB / 4
    })
    expectRefused(reply, [413])
    expect(sent).to.be.below(64 * MIB)
  })

  it("a gzip bomb: not unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(512 * MIB))
    expectRefused(await post(node, bomb, { "content-encoding": "gzip" }), [413, 415, 400])
    for (const encoding of ["br", "deflate", "gzip, gzip"])
      expectRefused(await post(node, inferBody({}), { "content-encoding": encoding }), [413, 415, 400])
  })

  it("JSON a million deep: refused", async () => {
    for (const text of [
      "[".repeat(500_000),
      '{"inputs":'.repeat(50_000),
      `{"inputs":${"[".repeat(400_000)}${"]".repeat(400_000)}}`,
    ])
      expectRefused(await post(node, text), [400, 413])
  })

  it("keys that are not what they seem: harmless", async () => {
    const text = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},${inferBody({}).slice(1)}`
    const reply = await post(node, text)
    expect(reply).to.not.equal("cut off")
    expect((reply as Reply).status).to.be.oneOf([200, 400])
    if ((reply as Reply).status === 200) others++
  })

  for (const [what, text] of Object.entries(WRONG)) {
    it(`${what}: refused with a sentence`, async () => {
      const reply = await post(node, text)
      expect(reply).to.not.equal("cut off")
      expectRefused(reply, [400, 404, 413, 422])
    })
  }

  it("lengths of binary tensors that lie: refused", async () => {
    const json = asking([input({ data: undefined, parameters: { binary_data_size: 3136 } })])
    for (const length of [
      "-1",
      "0",
      "1e9",
      "999999999",
      "abc",
      String(json.length + 10_000),
      String(json.length - 1),
    ]) {
      const body = Buffer.concat([Buffer.from(json), Buffer.alloc(3136)])
      expectRefused(await post(node, body, { "inference-header-content-length": length }), [400, 413, 422])
    }
    for (const bytes of [0, 3135, 3137, 100_000]) {
      const body = Buffer.concat([Buffer.from(json), Buffer.alloc(bytes)])
      expectRefused(
        await post(node, body, { "inference-header-content-length": String(json.length) }),
        [400, 413, 422],
      )
    }
  })

  it("paths that are not there: not found", async () => {
    for (const path of [
      "/v2/models/..%2f..%2fetc%2fpasswd",
      "/v2/models/digits/versions/__proto__/infer",
      "/v1/receipts/0x12",
      `/v1/receipts/0x${"00".repeat(32)}`,
      `/v1/receipts/0x${"00".repeat(32)}/evidence`,
      `/v1/receipts/0x${"00".repeat(32)}/openings?space=trace&height=99&index=-1`,
      "/v1/receipts/%00",
    ]) {
      const status = await node.status(path)
      expect(status, path).to.be.oneOf([400, 404, 405])
    }
  })

  it("openings that are not there: refused", async () => {
    const [{ receiptId }] = stage.books.receipts
    for (const query of [
      "",
      "?space=trace",
      "?space=weights&height=0&index=0",
      "?space=trace&height=1&index=99999999999",
      "?space=trace&height=-1&index=0",
      "?space=trace&height=1e1&index=0",
      "?space=trace&height=1&index=0&index=1",
      "?tensor=999&chunk=0",
      "?tensor=0&chunk=-1",
      "?tensor=__proto__&chunk=0",
    ]) {
      const status = await node.status(`/v1/receipts/${receiptId}/openings${query}`)
      expect(status, query).to.be.oneOf([400, 404, 422])
    }
  })

  it("clients that send a byte now and then: cut off, and others are served meanwhile", async () => {
    const { port } = new URL(node.url)
    const sockets = Array.from({ length: 100 }, (_, i) => {
      const socket = connect(Number(port), "127.0.0.1").on("error", () => undefined)
      socket.write(i % 2 ? "P" : `POST ${PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{`)
      const drip = setInterval(() => socket.write("x"), 200)
      const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()))
      return closed.then(() => clearInterval(drip))
    })
    await stage.books.infer(node)
    await Promise.all(sockets)
  })

  it("after all of it, every receipt that was given is anchored", async () => {
    await stage.balance(node, { others })
  })
})
