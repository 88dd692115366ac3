import { expect } from "chai"
import { setTimeout as pause } from "node:timers/promises"
import { connect } from "node:net"
import { randomBytes } from "node:crypto"
import { CipherSuite, Aes256Gcm, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core"
import { getBytes, hexlify } from "ethers"
import { encodeStep } from "../../../src/protocol/encode-step.ts"
import { absentDigest, leafDigest, nodeDigest } from "../../../src/protocol/tensor-tree.ts"
import { receiptId, recoverSigner } from "../../../src/protocol/receipt.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { valuesOf } from "../../../src/engine/executor.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import { decodeBundle, runOf } from "../../../src/sdk/bundle.ts"
import { openBundle } from "../../../src/sdk/verify.ts"
import type { Pool } from "../../../src/pool/pool.ts"
import { openPool } from "../../../src/pool/open.ts"
import { inputsFrom } from "../../../src/pool/work.ts"
import type { ServedModel } from "../../../src/provider/serve/model.ts"
import { type Sealed, unseal } from "../../../src/provider/serve/sealed.ts"
import { type Serving, serve } from "../../../src/provider/serve/serve.ts"
import { CONSUMER, KEY, PROVIDER, REGISTRY, digits, issuerOver, picture, wishes } from "../parts.ts"
import { ask } from "./client.ts"

const INFER = "/v2/models/digits/infer"

/** An address whose checksum is wrong. */
const otherCase = (address: string) =>
  address.replace(/[a-f]/i, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  )

interface Inferred {
  readonly id?: string
  readonly model_name: string
  readonly parameters: Record<string, string>
  readonly outputs: { name: string; datatype: string; shape: number[]; data: number[]; parameters?: object }[]
}

describe("a provider over HTTP", () => {
  const program = digits()
  const [input] = program.inputs
  const [output] = program.outputs
  const expected = interpret(program, inputsFrom(program, picture()))
  const values = [...valuesOf(output.tensor.type, expected.bytes(output.tensor))].map(Number)
  let pool: Pool
  let parts: ReturnType<typeof issuerOver>
  let serving: Serving
  let isReady: boolean
  const counted: string[] = []

  before(async () => {
    pool = await openPool([{ program }])
  })
  beforeEach(async () => {
    isReady = true
    counted.length = 0
    parts = issuerOver(pool)
    serving = await start([{ name: "digits", program, trace: "eager" }])
  })

  const problem = { check: "gas", code: "GasLow", message: "the sender has no gas money" }
  const start = (models: readonly ServedModel[], port = 0) =>
    serve(
      {
        registry: REGISTRY,
        provider: PROVIDER.address,
        signer: KEY.address,
        models,
        limits: parts.limits,
        defaults: { coverage: 10n, challengeWindow: 21_600n, anchorWithin: 3600n },
        issuer: parts.issuer,
        pool,
        cover: parts.cover,
        health: {
          alive: () => ({ isAlive: true, loops: [] }),
          ready: () => ({ isReady, problems: isReady ? [] : [problem] }),
        },
        metrics: {
          answered: (model, outcome) => counted.push(`${model} ${outcome}`),
          phase: (model, phase) => counted.push(`${model} ${phase}`),
        },
        inclusionOf: () => Promise.resolve(undefined),
      },
      { host: "127.0.0.1", port, version: "1.2.3", publicUrl: "https://node.example" },
    )
  afterEach(() => serving.close())
  after(() => pool.close())

  const tensor = (more: object = {}) => ({
    name: input.name,
    datatype: "FP32",
    shape: input.shape,
    data: [...valuesOf(input.tensor.type, picture())].map(Number),
    ...more,
  })
  const body = (more: object = {}, inputs: object[] = [tensor()]) =>
    JSON.stringify({ inputs, parameters: { consumer: CONSUMER.address }, ...more })
  const post = (text: string | Uint8Array, headers: Record<string, string> = {}) =>
    ask(serving, "POST", INFER, text, { "content-type": "application/json", ...headers })
  const get = (path: string) => ask(serving, "GET", path)
  const refused = async (text: string | Uint8Array, headers: Record<string, string> = {}) => {
    const { status, json } = await post(text, headers)
    const { error, code } = json as { error: string; code: string }
    expect(error).to.be.a("string")
    return [status, code]
  }

  describe("the Open Inference Protocol", () => {
    it("describes the server and its models, with and without a version", async () => {
      expect((await get("/v2")).json).to.deep.equal({
        name: "onus",
        version: "1.2.3",
        extensions: ["binary_tensor_data", "onus_receipt"],
      })
      const ports = (all: typeof program.inputs) =>
        all.map(({ name, shape }) => ({ name, datatype: "FP32", shape: [...shape] }))
      const description = {
        name: "digits",
        versions: ["1", program.modelId],
        platform: "onus_onnx",
        inputs: ports(program.inputs),
        outputs: ports(program.outputs),
      }
      for (const path of ["", "/versions/1", `/versions/${program.modelId}`]) {
        expect((await get(`/v2/models/digits${path}`)).json).to.deep.equal(description)
        expect((await get(`/v2/models/digits${path}/ready`)).json).to.deep.equal({
          name: "digits",
          ready: true,
        })
      }
      expect((await get("/v2/models/other")).status).to.equal(404)
    })

    it("tells whether it lives and whether it takes work", async () => {
      expect((await get("/v2/health/live")).json).to.deep.equal({ live: true })
      expect((await get("/v2/health/ready")).status).to.equal(200)
      expect((await get("/readyz")).json).to.deep.equal({ isReady: true, problems: [] })
      isReady = false
      for (const path of ["/v2/health/ready", "/v2/models/digits/ready", "/readyz"]) {
        const { status, headers } = await get(path)
        expect([status, headers["retry-after"]]).to.deep.equal([503, "2"])
      }
      expect((await get("/readyz")).json).to.have.nested.property("problems[0].code", "GasLow")
      expect((await get("/healthz")).status).to.equal(200)
    })

    it("answers JSON with JSON, exactly, and echoes the id", async () => {
      const reply = await post(body({ id: 'a "quoted" one' }))
      expect(reply.status).to.equal(200)
      expect(reply.headers["content-type"]).to.match(/^application\/json/)
      const { outputs, id, model_name } = reply.json as Inferred
      expect([id, model_name]).to.deep.equal(['a "quoted" one', "digits"])
      expect(outputs).to.deep.equal([
        { name: output.name, datatype: "FP32", shape: [...output.shape], data: values },
      ])
    })

    it("takes values nested like the shape", async () => {
      const nest = (flat: unknown[], [, ...shape]: readonly number[]): unknown[] => {
        if (shape.length === 0) return flat
        const size = shape.reduce((all, each) => all * each, 1)
        return Array.from({ length: flat.length / size }, (_, i) =>
          nest(flat.slice(i * size, (i + 1) * size), shape),
        )
      }
      const { json } = await post(body({}, [tensor({ data: nest(tensor().data, input.shape) })]))
      expect((json as Inferred).outputs[0].data).to.deep.equal(values)
    })

    it("takes and gives raw tensors", async () => {
      const bytes = picture()
      const described = tensor({ parameters: { binary_data_size: bytes.length }, data: undefined })
      const parameters = { consumer: CONSUMER.address, binary_data_output: true }
      const head = Buffer.from(body({ parameters }, [described]))
      const reply = await post(Buffer.concat([head, bytes]), {
        "content-type": "application/octet-stream",
        "inference-header-content-length": String(head.length),
      })
      expect(reply.status).to.equal(200)
      const length = Number(reply.headers["inference-header-content-length"])
      const { outputs } = JSON.parse(reply.body.subarray(0, length).toString()) as Inferred
      const raw = expected.bytes(output.tensor)
      expect(outputs).to.deep.equal([
        {
          name: output.name,
          datatype: "FP32",
          shape: [...output.shape],
          parameters: { binary_data_size: raw.length },
        },
      ])
      expect(hexlify(reply.body.subarray(length))).to.equal(hexlify(raw))
    })

    it("gives the outputs that were asked for, each in the way it was asked for", async () => {
      const outputs = [{ name: output.name, parameters: { binary_data: true } }]
      const reply = await post(body({ outputs }))
      expect(reply.headers).to.have.property("inference-header-content-length")
      expect(await refused(body({ outputs: [{ name: "other" }] }))).to.deep.equal([400, "OutputUnknown"])
      const classes = [{ name: output.name, parameters: { classification: 3 } }]
      expect(await refused(body({ outputs: classes }))).to.deep.equal([400, "OutputUnsupported"])
    })

    it("refuses what is not a question for the model", async () => {
      const cases: [string | Uint8Array, number, string][] = [
        ["", 400, "RequestMalformed"],
        ["{", 400, "RequestMalformed"],
        ["[]", 400, "RequestMalformed"],
        [Uint8Array.of(0x7b, 0xff, 0x7d), 400, "RequestMalformed"],
        ["[".repeat(50_000), 400, "RequestMalformed"],
        [body({ inputs: undefined }), 400, "RequestMalformed"],
        [body({ inputs: [1] }), 400, "RequestMalformed"],
        [body({}, []), 400, "InputMissing"],
        [body({}, [tensor(), tensor()]), 400, "RequestMalformed"],
        [body({}, [tensor({ name: "__proto__" })]), 400, "InputUnknown"],
        [body({}, [tensor({ datatype: "FP64" })]), 400, "InputTypeMismatch"],
        [body({}, [tensor({ shape: [2, ...input.shape.slice(1)] })]), 400, "InputShapeMismatch"],
        [body({}, [tensor({ shape: undefined })]), 400, "InputShapeMismatch"],
        [body({}, [tensor({ data: [1, 2, 3] })]), 400, "InputShapeMismatch"],
        [body({}, [tensor({ data: [[[[]]]] })]), 400, "InputShapeMismatch"],
        [body({}, [tensor({ data: tensor().data.map(() => "1") })]), 400, "InputValueInvalid"],
        [body({}, [tensor({ data: tensor().data.map(() => 1e39) })]), 400, "InputValueInvalid"],
        [body({}, [tensor({ data: tensor().data.map(() => null) })]), 400, "InputValueInvalid"],
        [
          body({}, [tensor({ parameters: { binary_data_size: 4 }, data: undefined })]),
          400,
          "RequestMalformed",
        ],
        [body({}, [tensor({ parameters: { binary_data_size: 3136 } })]), 400, "RequestMalformed"],
        [body({ id: 7 }), 400, "RequestMalformed"],
        [`{"__proto__":{"inputs":[]},"parameters":{"__proto__":{"consumer":1}}}`, 400, "ConsumerMissing"],
      ]
      for (const [text, status, code] of cases)
        expect(await refused(text), String(text).slice(0, 80)).to.deep.equal([status, code])
      expect(await refused(body(), { "inference-header-content-length": "9999999" })).to.deep.equal([
        400,
        "RequestMalformed",
      ])
      expect(await refused(body(), { "inference-header-content-length": "-1" })).to.deep.equal([
        400,
        "RequestMalformed",
      ])
      expect(parts.journal.calls.filter((name) => name === "claim").length).to.be.lessThan(2)
    })

    it("takes NaN and infinities as text", async () => {
      const data = tensor().data.map((value, i) => (i === 0 ? "NaN" : i === 1 ? "-Infinity" : value))
      expect((await post(body({}, [tensor({ data })]))).status).to.equal(200)
    })
  })

  describe("limits", () => {
    it("refuses a large body before it reads it", async () => {
      expect(await refused(Buffer.alloc(10 * 2 ** 20))).to.deep.equal([413, "BodyTooLarge"])
    })

    it("stops reading a body that says no length and becomes too large", async () => {
      const status = await new Promise<string>((resolve, reject) => {
        const socket = connect(serving.port, "127.0.0.1")
        let answer = ""
        socket.on("data", (data) => (answer += data.toString()))
        socket.on("close", () => resolve(answer.split("\r\n")[0]))
        socket.on("error", (error: NodeJS.ErrnoException) => {
          if (!answer) reject(error)
        })
        socket.write(`POST ${INFER} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`)
        const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(2 ** 20), Buffer.from("\r\n")])
        for (let i = 0; i < 4; i++) socket.write(chunk)
      })
      expect(status).to.equal("HTTP/1.1 413 Payload Too Large")
    })

    it("says that a model is not served, rather than that its question is too large", async () => {
      const reply = await ask(serving, "POST", "/v2/models/digit/infer", body())
      expect([reply.status, reply.headers.connection]).to.deep.equal([404, "close"])
      expect(reply.json).to.have.property("code", "ModelUnknown")
      expect((await ask(serving, "POST", "/v2/models/digits/versions/7/infer", body())).json)
        .to.have.property("error")
        .that.includes("version 7 of model digits")
      expect((await get("/v2/models/%zz")).json).to.have.property("code", "RequestMalformed")
    })

    it("takes null for what is left out, as some clients write it", async () => {
      const nulls = { id: null, outputs: null, parameters: { consumer: CONSUMER.address, coverage: null } }
      const { status, json } = await post(body(nulls, [tensor({ parameters: null })]))
      expect([status, Object.keys(json)]).to.deep.equal([
        200,
        ["model_name", "model_version", "parameters", "outputs"],
      ])
    })

    it("refuses what is nested too deeply to be told back", async () => {
      const deep = "[".repeat(30_000) + "]".repeat(30_000)
      const named = `"name":"${input.name}","datatype":"FP32"`
      for (const text of [
        `{"inputs":[{${named},"shape":${deep},"data":[]}]}`,
        `{"inputs":[{${named},"shape":[${input.shape}],"data":${deep}}]}`,
        `{"inputs":[],"parameters":{"coverage":${deep}}}`,
      ])
        expect((await refused(text, { "onus-consumer": CONSUMER.address }))[0]).to.equal(400)
    })

    it("is probed by HEAD as well", async () => {
      const statuses = async () => [
        (await ask(serving, "HEAD", "/v2/health/ready")).status,
        (await ask(serving, "HEAD", "/v2/models/digits/ready")).status,
      ]
      expect(await statuses()).to.deep.equal([200, 200])
      isReady = false
      expect(await statuses()).to.deep.equal([503, 503])
    })

    it("refuses compressed bodies, whose size nobody knows", async () => {
      expect(await refused(body(), { "content-encoding": "gzip" })).to.deep.equal([
        415,
        "EncodingUnsupported",
      ])
    })

    it("says so when there is nothing, without telling more", async () => {
      expect((await get("/v3")).status).to.equal(404)
      expect((await ask(serving, "DELETE", INFER)).status).to.equal(404)
      expect((await get("/%ff")).status).to.equal(400)
    })

    it("refuses work with the reason when it takes none", async () => {
      parts.readiness.report("gas", { code: "GasLow", message: "the sender has no gas money" })
      const { status, headers, json } = await post(body())
      expect([status, headers["retry-after"]]).to.deep.equal([503, "2"])
      expect(json).to.have.property("error").that.includes("the sender has no gas money")
    })

    it("tells nothing of errors that it does not know", async () => {
      parts.journal.failures.claim = new Error("secret detail")
      const { status, body: text } = await post(body())
      expect(status).to.equal(500)
      expect(text.toString()).not.to.include("secret")
    })

    it("answers what runs before it closes", async () => {
      const running = post(body())
      await new Promise((resolve) => setTimeout(resolve, 5))
      const closing = serving.close()
      expect([200, 503]).to.include((await running.catch(() => ({ status: 503 }))).status)
      await closing
    })

    it("waits for no connection that had its last answer while it closed", async () => {
      // The client keeps its connection open for a next request, for longer than any test waits.
      const running = Array.from({ length: 8 }, () => post(body()))
      await Promise.race(running)
      await serving.close()
      await Promise.allSettled(running)
    })
  })

  describe("wishes", () => {
    const asked = (parameters: object) =>
      refused(body({ parameters: { consumer: CONSUMER.address, ...parameters } }))

    it("are taken from parameters, or from headers", async () => {
      const { requestId } = wishes(5)
      const termsHash = hexlify(randomBytes(32))
      const parameters = {
        consumer: CONSUMER.address,
        coverage: "7",
        challenge_window: 100,
        terms_hash: termsHash,
      }
      const { json } = await post(body({ parameters }), {
        "onus-request-id": requestId,
        "onus-anchor-within": "60",
      })
      const given = (json as Inferred).parameters
      expect(given).to.include({
        request_id: requestId,
        coverage: "7",
        challenge_window: "100",
        terms_hash: termsHash,
        consumer: CONSUMER.address,
      })
      expect(Number(given.anchor_by) - Number(given.issued_at)).to.equal(60)
      const again = await post(body({ parameters: {} }), {
        "onus-consumer": CONSUMER.address.toLowerCase(),
        "onus-request-id": requestId,
        "onus-coverage": "7",
        "onus-challenge-window": "100",
        "onus-terms-hash": termsHash,
      })
      expect(again.headers["onus-receipt-id"]).to.equal(given.receipt_id)
    })

    it("are refused when they are none", async () => {
      expect(await refused(body({ parameters: {} }))).to.deep.equal([400, "ConsumerMissing"])
      expect(await asked({ consumer: `0x${"00".repeat(20)}` })).to.deep.equal([400, "ConsumerInvalid"])
      expect(await asked({ consumer: "0x12" })).to.deep.equal([400, "RequestMalformed"])
      expect(await asked({ consumer: otherCase(CONSUMER.address) })).to.deep.equal([400, "RequestMalformed"])
      expect(await asked({ coverage: "1.5" })).to.deep.equal([400, "RequestMalformed"])
      expect(await asked({ coverage: -1 })).to.deep.equal([400, "RequestMalformed"])
      expect(await asked({ coverage: 1e300 })).to.deep.equal([400, "RequestMalformed"])
      expect(await asked({ coverage: "100001" })).to.deep.equal([400, "CoverageOutOfRange"])
      expect(await asked({ request_id: "7" })).to.deep.equal([400, "RequestMalformed"])
      expect(await asked({ evidence_key: "0x12" })).to.deep.equal([400, "RequestMalformed"])
      expect(await refused(body({ parameters: [] }))).to.deep.equal([400, "RequestMalformed"])
    })

    it("of another question for a request id are refused as reuse", async () => {
      const { requestId } = wishes(6)
      const parameters = { consumer: CONSUMER.address, request_id: requestId }
      expect((await post(body({ parameters }))).status).to.equal(200)
      expect(await refused(body({ parameters: { ...parameters, coverage: "11" } }))).to.deep.equal([
        409,
        "RequestIdReused",
      ])
    })
  })

  describe("receipts", () => {
    const answered = async (more: object = {}) => {
      const reply = await post(body({ parameters: { consumer: CONSUMER.address, ...more } }))
      expect(reply.status, reply.body.toString()).to.equal(200)
      return reply
    }
    const idOf = ({ headers }: Awaited<ReturnType<typeof answered>>) => String(headers["onus-receipt-id"])

    it("come in headers and parameters, signed", async () => {
      const { headers, json } = await answered()
      const text = Buffer.from(String(headers["onus-receipt"]), "base64url").toString()
      const { registry, receipt, signature } = JSON.parse(text) as {
        registry: { chainId: string; address: string }
        receipt: Record<string, string>
        signature: string
      }
      const whole = { ...receipt } as unknown as Parameters<typeof receiptId>[1]
      expect(registry).to.deep.equal({ chainId: "31337", address: REGISTRY.address })
      expect(receiptId(REGISTRY, whole)).to.equal(headers["onus-receipt-id"])
      expect(recoverSigner({ registry: REGISTRY, receipt: whole, signature })).to.equal(KEY.address)
      const { parameters } = json as Inferred
      expect(parameters).to.include({
        receipt_id: headers["onus-receipt-id"],
        signature,
        output_commitment: commit(expected).outputRoot,
        chain_id: "31337",
      })
      expect(headers["onus-receipt-url"]).to.equal(
        `https://node.example/v1/receipts/${parameters.receipt_id}`,
      )
    })

    it("are to be had later, with what stands behind them", async () => {
      const id = idOf(await answered())
      const reply = await get(`/v1/receipts/${id}`)
      expect(reply.headers["access-control-allow-origin"]).to.equal("*")
      expect(reply.json).to.include({ receiptId: id, assurance: "signed", challengeable: "by anybody" })
      for (const other of [`0x${"12".repeat(32)}`, "0x12", "..%2f..", `${id}00`])
        expect((await get(`/v1/receipts/${other}`)).status).to.equal(404)
    })

    it("have evidence that holds against them", async () => {
      const id = idOf(await answered())
      const { status, body: text } = await get(`/v1/receipts/${id}/evidence`)
      expect(status).to.equal(200)
      const bundle = decodeBundle(text.toString())
      const { run, commitment } = openBundle(program, bundle)
      expect(commitment.traceRoot).to.equal(commit(expected).traceRoot)
      expect(runOf(program, bundle).bytes(output.tensor)).to.deep.equal(run.bytes(output.tensor))
    })

    it("have openings, which a challenge would be answered with", async () => {
      const id = idOf(await answered())
      const [first] = program.traceTensors
      const opened = await get(`/v1/receipts/${id}/openings?space=trace&tensor=${first.id}&chunk=0`)
      const { data, path } = opened.json as { data: string; path: string[] }
      const leaf = { kind: first.space, tensorId: first.id, chunk: 0, data: getBytes(data) }
      const root = path.reduce((node, sibling, height) => {
        const isRight = Math.floor(first.firstLeaf / 2 ** height) % 2 === 1
        return isRight ? nodeDigest(getBytes(sibling), node) : nodeDigest(node, getBytes(sibling))
      }, leafDigest(leaf))
      expect(hexlify(root)).to.equal(commit(expected).traceRoot)
      const depth = program.header.traceDepth
      const node = await get(`/v1/receipts/${id}/openings?space=trace&height=${depth}&index=0`)
      expect(node.json).to.have.property("kind", "node")
      expect(node.json)
        .to.have.property("descendants")
        .with.length(2 ** Math.min(depth, 9))
      const leaf0 = await get(`/v1/receipts/${id}/openings?space=trace&height=0&index=${first.firstLeaf}`)
      const step = program.steps.findIndex(({ output: one }) => one === first)
      const descriptor = hexlify(encodeStep(program.steps[step]))
      expect(leaf0.json).to.include({ kind: "tensor", step, descriptor })
      const behind = await get(`/v1/receipts/${id}/openings?space=trace&height=0&index=${2 ** depth - 1}`)
      expect(behind.json).to.deep.include({ kind: "node", descendants: [hexlify(absentDigest(0))] })
      for (const query of [
        "",
        "?space=input",
        "?space=toString",
        "?space=trace&height=99&index=0",
        "?space=trace&height=0&index=99999999",
        "?space=trace&tensor=77&chunk=0",
        "?space=trace&tensor=0&chunk=-1",
      ])
        expect((await get(`/v1/receipts/${id}/openings${query}`)).status, query).to.equal(400)
    })

    it("have evidence for who waits for it, whoever else has left", async () => {
      const { headers } = await post(body())
      const path = `/v1/receipts/${headers["onus-receipt-id"] as string}/evidence`
      for (const delay of [0, 0, 0, 1, 5, 20, 50]) {
        const socket = connect(serving.port, "127.0.0.1")
        socket.on("error", () => {})
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
        await pause(delay)
        socket.destroy()
      }
      const replies = await Promise.all([get(path), get(path), get(path), get(path)])
      expect(replies.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200])
    })

    it("can have evidence that only the consumer reads, and say so", async () => {
      const suite = new CipherSuite({
        kem: new DhkemX25519HkdfSha256(),
        kdf: new HkdfSha256(),
        aead: new Aes256Gcm(),
      })
      const pair = await suite.kem.generateKeyPair()
      const publicKey = new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey))
      const privateKey = new Uint8Array(await suite.kem.serializePrivateKey(pair.privateKey))
      const id = idOf(await answered({ evidence_key: hexlify(publicKey) }))
      expect((await get(`/v1/receipts/${id}`)).json).to.have.property("challengeable", "by its consumer only")
      const sealed = (await get(`/v1/receipts/${id}/evidence`)).json as Sealed
      expect(sealed.suite.aead).to.deep.equal({ id: 2, name: "AES-256-GCM" })
      const plain = Buffer.from(await unseal(sealed, privateKey)).toString()
      expect(openBundle(program, decodeBundle(plain)).commitment.inputRoot).to.equal(
        commit(expected).inputRoot,
      )
      const opening = (await get(`/v1/receipts/${id}/openings?space=output&height=0&index=0`)).json as Sealed
      expect(JSON.parse(Buffer.from(await unseal(opening, privateKey)).toString())).to.have.property(
        "receiptId",
        id,
      )
      const other = await suite.kem.serializePrivateKey((await suite.kem.generateKeyPair()).privateKey)
      expect(
        await unseal(sealed, new Uint8Array(other)).then(
          () => "read",
          () => "unreadable",
        ),
      ).to.equal("unreadable")
    })

    it("have no evidence under a key that is none", async () => {
      const id = idOf(await answered({ evidence_key: `0x${"00".repeat(32)}` }))
      const { status, json } = await get(`/v1/receipts/${id}/evidence`)
      expect([status, (json as { code: string }).code]).to.deep.equal([409, "EvidenceKeyInvalid"])
    })

    it("have inputs, which are the question and nothing else", async () => {
      const id = idOf(await answered())
      const reply = await get(`/v1/receipts/${id}/inputs`)
      expect(reply.headers["content-type"]).to.equal("application/octet-stream")
      expect(hexlify(reply.body)).to.equal(hexlify(picture()))
      expect((await get(`/v1/receipts/${id}`)).json).to.have.property("inputs", `/v1/receipts/${id}/inputs`)
      const sealed = idOf(await answered({ evidence_key: `0x${"12".repeat(32)}` }))
      const { status, json } = await get(`/v1/receipts/${sealed}/inputs`)
      expect([status, (json as { code: string }).code]).to.deep.equal([403, "EvidenceSealed"])
      expect((await get(`/v1/receipts/${sealed}`)).json).not.to.have.property("inputs")
      expect((await get(`/v1/receipts/0x${"12".repeat(32)}/inputs`)).status).to.equal(404)
    })

    it("have inputs that take no memory without bound when nobody reads them", async () => {
      const id = idOf(await answered())
      await parts.issuer.settled()
      const bytes = 33 * 2 ** 20
      const large = { ...program, inputs: [{ ...input, tensor: { ...input.tensor, length: bytes / 4 } }] }
      for (const [request, entry] of parts.journal.entries)
        parts.journal.entries.set(request, { ...entry, inputs: new Uint8Array(bytes) })
      const other = await start([{ name: "large", program: large, trace: "eager" }])
      const path = `/v1/receipts/${id}/inputs`
      const slow = connect(other.port, "127.0.0.1")
      slow.write(`GET ${path} HTTP/1.1\r\nhost: here\r\n\r\n`)
      await new Promise((begun) => slow.once("readable", begun))
      const refused = await ask(other, "GET", path)
      expect([refused.status, (refused.json as { code: string }).code]).to.deep.equal([503, "PoolBusy"])
      slow.destroy()
      let again = refused
      while (again.status === 503) again = await ask(other, "GET", path)
      expect(again.body.length).to.equal(bytes)
      await other.close()
    })

    it("are gone when their inputs are", async () => {
      const id = idOf(await answered())
      await parts.issuer.settled()
      for (const [request, entry] of parts.journal.entries)
        parts.journal.entries.set(request, { ...entry, inputs: new Uint8Array() })
      for (const address of ["evidence", "inputs"])
        expect((await get(`/v1/receipts/${id}/${address}`)).status).to.equal(410)
    })
  })

  it("says who owes, for what, within which limits", async () => {
    const { json } = await get("/v1/provider")
    expect(json).to.include({ provider: PROVIDER.address, signer: KEY.address, coverLeft: "1000" })
    expect(json).to.have.nested.property("models[0].modelId", program.modelId)
  })

  it("counts answers by model and outcome, and times the phases", async () => {
    await post(body())
    await post("{")
    expect(counted.sort()).to.deep.equal(
      [
        "digits RequestMalformed",
        "digits claim",
        "digits ok",
        "digits queue",
        "digits run",
        "digits sign",
        "digits total",
      ].sort(),
    )
  })

  it("says what keeps it from listening", async () => {
    const attempt = (name: string, port: number) =>
      start([{ name, program, trace: "eager" }], port).then(
        async (other) => (await other.close(), "listens"),
        (error: { code: string }) => error.code,
      )
    expect(await attempt("digits", serving.port)).to.equal("ListenFailed")
    for (const name of ["", "../digits", "a/b", "a:b", "*"])
      expect(await attempt(name, 0)).to.equal("ModelNameInvalid")
    expect(await attempt("digits", 0)).to.equal("listens")
  })
})
