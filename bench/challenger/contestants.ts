import { once } from "node:events"
import { Worker } from "node:worker_threads"
import { ZeroAddress, ZeroHash, hexlify, toBeHex, zeroPadValue } from "ethers"
import type { Question } from "../../src/challenger/check/questions.ts"
import { openChecker } from "../../src/challenger/check/open.ts"
import type { Caps } from "../../src/challenger/check/caps.ts"
import type { Program } from "../../src/engine/program/program.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import { Engine } from "../../src/engine/wasm/engine.ts"
import { threadProgram, withSharedConstants } from "../../src/pool/thread-program.ts"
import { inputsFrom } from "../../src/pool/work.ts"
import { type Receipt, receiptId } from "../../src/protocol/receipt.ts"
import { traceCommitment } from "../../src/protocol/trace.ts"
import { silentLog } from "../../src/service/log.ts"
import type { EngineThreadStart } from "./engine-thread.ts"

const REGISTRY = { chainId: 31337n, address: "0x5FbDB2315678afecb367f032d93F642f64180aa3" }
const PROVIDER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
/** Receipts that are checked at the same time: what a scheduler keeps in flight. */
const AT_ONCE = 64

/** Something that does so many runs and says how many seconds they took. */
export interface Contestant {
  runs(count: number): Promise<number>
  close(): Promise<unknown>
}

/** A network and questions about it. */
export interface Network {
  readonly program: Program
  readonly onnx: Uint8Array
  readonly inputs: readonly Uint8Array[]
}

/** Threads that run the engine and do nothing else. */
export async function engineAlone(
  { program, inputs }: Network,
  isEager: boolean,
  threads: number,
): Promise<Contestant> {
  const left = new Int32Array(new SharedArrayBuffer(4))
  const workerData: EngineThreadStart = {
    program: threadProgram(withSharedConstants(program)),
    inputs,
    trace: isEager ? "eager" : "none",
    left,
  }
  const url = new URL("./engine-thread.ts", import.meta.url)
  const workers = Array.from({ length: threads }, () => new Worker(url, { workerData }))
  await Promise.all(workers.map((worker) => once(worker, "message")))
  return {
    async runs(count) {
      Atomics.store(left, 0, count)
      const from = performance.now()
      const done = workers.map((worker) => once(worker, "message"))
      for (const worker of workers) worker.postMessage("run")
      await Promise.all(done)
      return (performance.now() - from) / 1000
    },
    close: () => Promise.all(workers.map((worker) => worker.terminate())),
  }
}

/** The checker: receipts in, verdicts out. Questions and model come out of memory. */
export async function checker(
  { program, onnx, inputs }: Network,
  isEager: boolean,
  threads: number,
): Promise<Contestant> {
  const caps: Partial<Caps> = { workers: threads }
  const receipts = await receiptsFor(program, inputs, isEager)
  const questions = new Map(receipts.map(({ id }, i) => [id, inputs[i]]))
  const one = await openChecker({
    sources: {
      inputs: ({ id }) => Promise.resolve(questions.get(id)!),
      bundle: () => Promise.reject(new Error("No answer is wrong")),
      model: (_, __, accept) => accept({ bytes: onnx, shapes: {}, from: "operator" }),
    },
    alerts: { raise: ({ message }) => console.error(message), resolve: () => {} },
    log: silentLog,
    caps,
  })
  return {
    async runs(count) {
      let next = 0
      const from = performance.now()
      const work = async (): Promise<void> => {
        while (next < count) {
          const opinion = await one.check(receipts[next++ % receipts.length])
          if (opinion.verdict !== "match") throw new Error(opinion.reason)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
      return (performance.now() - from) / 1000
    },
    close: () => one.close(),
  }
}

/** Right answers to the questions, as a provider would sign them. */
async function receiptsFor(
  program: Program,
  inputs: readonly Uint8Array[],
  isEager: boolean,
): Promise<Question[]> {
  const engine = await Engine.create(program)
  const receipts: Question[] = []
  for (const [number, bytes] of inputs.entries()) {
    const { inputRoot, outputRoot, traceRoot } = commit(await engine.run(inputsFrom(program, bytes), "eager"))
    const terms = {
      provider: PROVIDER,
      modelId: program.modelId,
      requestId: zeroPadValue(toBeHex(number + 1), 32),
      consumer: ZeroAddress,
    }
    const receipt: Receipt = {
      ...terms,
      inputCommitment: inputRoot,
      outputCommitment: outputRoot,
      traceCommitment: isEager ? traceCommitment(REGISTRY, terms, traceRoot) : ZeroHash,
      coverage: 1n,
      issuedAt: 1n,
      anchorBy: 2n,
      challengeWindow: 3n,
      termsHash: ZeroHash,
    }
    const signed = { registry: REGISTRY, receipt, signature: hexlify(new Uint8Array(65)) }
    receipts.push({ id: receiptId(REGISTRY, receipt), signed })
  }
  await engine.close()
  return receipts
}
