import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { Wallet } from "ethers"
import type { FastifyInstance } from "fastify"
import { valuesOf } from "../../src/engine/executor.ts"
import { createHealth } from "../../src/service/health.ts"
import { localKey } from "../../src/service/key/local.ts"
import { Readiness } from "../../src/service/readiness.ts"
import { openDatabase } from "../../src/store/open.ts"
import { Issuer } from "../../src/provider/issue/issuer.ts"
import { openJournal } from "../../src/provider/journal/open.ts"
import { Lane } from "../../src/pool/lane.ts"
import { openPool } from "../../src/pool/open.ts"
import { withSharedConstants } from "../../src/pool/thread-program.ts"
import { addInference, httpServer } from "../../src/provider/serve/http.ts"
import { bodyOf, headOf, send } from "../../src/provider/serve/infer.ts"
import { decodeInputs } from "../../src/provider/serve/inputs.ts"
import type { ServedModel } from "../../src/provider/serve/model.ts"
import { encodeAnswer, wantedOutputs } from "../../src/provider/serve/outputs.ts"
import { serve } from "../../src/provider/serve/serve.ts"

/** A server in the race. */
export interface Contestant {
  readonly name: string
  readonly port: number
  close(): Promise<void>
}

const LISTEN = { host: "127.0.0.1", port: 0 }
const REGISTRY = { chainId: 31337n, address: "0x5FbDB2315678afecb367f032d93F642f64180aa3" }
const ANY = { min: 1n, max: 2n ** 64n }

/** Answers with receipts: durable claims in SQLite, a signature for each. */
export async function accountable(model: ServedModel, workers: number): Promise<Contestant> {
  const folder = mkdtempSync(join(tmpdir(), "onus-bench-"))
  const database = await openDatabase(`sqlite:${join(folder, "journal.db")}`)
  const journal = await openJournal(database, REGISTRY)
  const pool = await openPool([{ program: model.program, workers }])
  const key = localKey(Wallet.createRandom().privateKey, "the benchmark")
  const readiness = new Readiness()
  const cover = { left: 2n ** 64n, reserve: () => {}, free: () => {}, settled: () => {} }
  const limits = { coverage: ANY, challengeWindow: ANY, anchorWithin: ANY }
  const started = BigInt(Math.floor(Date.now() / 1000))
  const now = () => started
  const common = { registry: REGISTRY, provider: key.address, limits, pool, cover }
  const issuer = new Issuer({ ...common, journal, key, readiness, now })
  const consumer = Wallet.createRandom().address
  const defaults = { consumer, coverage: 10n ** 18n, challengeWindow: 21_600n, anchorWithin: 3600n }
  const parts = {
    ...common,
    signer: key.address,
    models: [model],
    defaults,
    issuer,
    health: createHealth(readiness),
  }
  const inclusionOf = () => Promise.resolve(undefined)
  const server = await serve({ ...parts, inclusionOf }, { ...LISTEN, version: "bench" })
  return {
    name: "onus",
    port: server.port,
    async close() {
      await server.close()
      await issuer.close()
      await pool.close()
      await database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** The same engine and HTTP stack, without anything that holds it to its answers. */
export async function plain(model: ServedModel, workers: number): Promise<Contestant> {
  const lane = new Lane(withSharedConstants(model.program), {
    workers,
    threads: 1,
    queue: 1e6,
    hangsAfter: 60_000,
  })
  await lane.start()
  const contestant = await bare("plain", model, async (inputs) => {
    const [reply] = await lane.run(inputs, "plain")
    if (reply.kind !== "answer") throw new Error("no answer")
    lane.measured(reply.ranMs)
    return reply.outputs
  })
  return { ...contestant, close: async () => void (await Promise.all([contestant.close(), lane.close()])) }
}

/** onnxruntime-node behind the same HTTP stack. */
export async function onnxruntime(model: ServedModel, file: Uint8Array | string): Promise<Contestant> {
  const { InferenceSession, Tensor } = await import("onnxruntime-node")
  const bytes = typeof file === "string" ? readFileSync(file) : file
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: "all" } as const
  const session = await InferenceSession.create(bytes, options)
  const [input] = model.program.inputs
  const [output] = model.program.outputs
  const contestant = await bare("onnxruntime-node", model, async (inputs) => {
    const values = valuesOf(input.tensor.type, inputs) as Float32Array
    const results = await session.run({ [input.name]: new Tensor("float32", values, input.shape) })
    const { buffer, byteOffset, byteLength } = results[output.name].data as Float32Array
    return [new Uint8Array(buffer, byteOffset, byteLength)]
  })
  return {
    ...contestant,
    close: async () => void (await Promise.all([contestant.close(), session.release()])),
  }
}

/** A server that answers without receipts. */
async function bare(
  name: string,
  model: ServedModel,
  run: (inputs: Uint8Array) => Promise<readonly Uint8Array[]>,
): Promise<Contestant> {
  const app: FastifyInstance = httpServer({})
  addInference(app, model, [`/v2/models/${model.name}`], async (request, reply) => {
    const body = bodyOf(model, request)
    const wanted = wantedOutputs(model.program, body.json)
    const outputs = await run(decodeInputs(model.program, body))
    const encoded = encodeAnswer(headOf(model, body.json), wanted, outputs)
    send(reply, encoded.body, encoded.jsonLength)
    return reply
  })
  await app.listen(LISTEN)
  return {
    name,
    port: (app.server.address() as AddressInfo).port,
    close: async () => void (await app.close()),
  }
}
