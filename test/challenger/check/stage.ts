import { ZeroHash, hexlify, id } from "ethers"
import type { Opinion } from "../../../src/challenger/check.ts"
import { CAPS, type Caps } from "../../../src/challenger/check/caps.ts"
import { type compileModel, modelFrom } from "../../../src/challenger/check/compile.ts"
import { compileFile } from "../../../src/challenger/check/compile/compile-file.ts"
import type { Question } from "../../../src/challenger/check/questions.ts"
import type { ModelFile, Sources } from "../../../src/challenger/sources.ts"
import type { Execution } from "../../../src/engine/executor.ts"
import { bytesOf } from "../../../src/engine/executor.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { saveOnnx } from "../../../src/engine/onnx/save.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import type { Program } from "../../../src/engine/program/program.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import { OnusError } from "../../../src/protocol/errors.ts"
import { type Receipt, receiptId } from "../../../src/protocol/receipt.ts"
import { traceCommitment } from "../../../src/protocol/trace.ts"
import { type Bundle, bundleOf } from "../../../src/sdk/bundle.ts"
import type { Alert, Alerts } from "../../../src/service/alerts.ts"
import { inputsFor } from "../../engine/program/graphs.ts"
import { convGraph, flattenGemmGraph, gemmGraph, softmaxGraph } from "../../engine/program/random-graphs.ts"
import { network } from "../../engine/program/small-network.ts"
import { pick, tameWords } from "../../engine/program/words.ts"
import type { Request } from "../../game/lies.ts"
import type { Random } from "../../referee/float32-cases.ts"
import { CONSUMER, KEY, PROVIDER, REGISTRY } from "../../provider/parts.ts"

export { REGISTRY, KEY }

/** As much as a test needs: threads take time to start. */
export const SMALL: Partial<Caps> = { workers: 1, auditedTerms: 2 ** 16, idleMs: 1000 }
export const caps = (more: Partial<Caps> = {}): Caps => ({ ...CAPS, ...SMALL, ...more })

/** Makes a model out of a file without a thread: starting one takes longer than a small model. */
export const compileHere: typeof compileModel = async ({ bytes, shapes }, modelId, { onnx, threads }) =>
  Promise.resolve(modelFrom(compileFile({ onnx: bytes, shapes, modelId, limits: onnx, threads })))

/** A model as a file, and a question about it. */
export interface Asked {
  readonly onnx: Uint8Array
  readonly request: Request
}

/** A small network, drawn anew, and random inputs. */
export function randomAsked(random: Random): Asked {
  const words = tameWords(random)
  const make = pick(random, [() => network(), convGraph, gemmGraph, flattenGemmGraph, softmaxGraph])
  const graph = make(random, words)
  const onnx = saveOnnx(graph)
  return { onnx, request: { program: lower(loadOnnx(onnx)), inputs: inputsFor(graph, words), random } }
}

/** The input tensors of a request, concatenated. */
export const inputBytes = ({ program, inputs }: Pick<Request, "program" | "inputs">): Uint8Array =>
  Buffer.concat(program.inputs.map(({ name }) => bytesOf(inputs[name])))

/** The roots that a provider signs. */
export interface Signed {
  readonly inputRoot: string
  readonly outputRoot: string
  /** Undefined for a receipt that commits to no trace. */
  readonly traceRoot: string | undefined
}

let requests = 0

/** A receipt over such roots, signed by nobody: whoever checks it takes that as seen to. */
export function receiptFor({ modelId }: Pick<Program, "modelId">, roots: Signed): Question {
  const terms = {
    provider: PROVIDER.address,
    consumer: CONSUMER.address,
    modelId,
    requestId: id(`request ${requests++}`),
  }
  const receipt: Receipt = {
    ...terms,
    inputCommitment: roots.inputRoot,
    outputCommitment: roots.outputRoot,
    traceCommitment:
      roots.traceRoot === undefined ? ZeroHash : traceCommitment(REGISTRY, terms, roots.traceRoot),
    coverage: 10n,
    issuedAt: 1_800_000_000n,
    anchorBy: 1_800_003_600n,
    challengeWindow: 21_600n,
    termsHash: ZeroHash,
  }
  const signed = { registry: REGISTRY, receipt, signature: "0x" }
  return { id: receiptId(REGISTRY, receipt), signed }
}

/** A receipt for a run as it is. */
export function receiptOf(run: Execution, isEager = true): Question {
  const { inputRoot, outputRoot, traceRoot } = commit(run)
  return receiptFor(run.program, { inputRoot, outputRoot, traceRoot: isEager ? traceRoot : undefined })
}

const missing = () => new OnusError("FetchMissing", "There is no such thing")

/** Everything that is served, and how often it was asked for. */
export class Served implements Pick<Sources, "inputs" | "bundle" | "model"> {
  readonly questions = new Map<string, Uint8Array>()
  /** What somebody else handed in, perhaps wrongly: comes first. */
  readonly handedIn = new Map<string, Uint8Array>()
  readonly bundles = new Map<string, Bundle>()
  /** Candidates, in their order. */
  readonly files = new Map<string, ModelFile[]>()
  readonly asked = { inputs: 0, bundle: 0, model: 0 }
  /** Thrown instead of an answer. */
  failure: Error | undefined

  addModel({ modelId }: Pick<Program, "modelId">, bytes: Uint8Array): void {
    this.files.set(modelId, [{ bytes, shapes: {}, from: "operator" }])
  }

  addBundle({ id, signed }: Question, run: Execution): void {
    this.bundles.set(id, bundleOf(signed, run))
  }

  inputs(known: Question, _: number, isRight?: (bytes: Uint8Array) => boolean): Promise<Uint8Array> {
    this.asked.inputs++
    if (this.failure) return Promise.reject(this.failure)
    const given = this.handedIn.get(known.id)
    if (given && (isRight?.(given) ?? true)) return Promise.resolve(given)
    const served = this.questions.get(known.id) ?? given
    return served ? Promise.resolve(served) : Promise.reject(missing())
  }

  bundle({ id }: Question): Promise<Bundle> {
    this.asked.bundle++
    const bundle = this.bundles.get(id)
    return bundle ? Promise.resolve(bundle) : Promise.reject(missing())
  }

  async model<T>(modelId: string, _: string, accept: (file: ModelFile) => Promise<T>): Promise<T> {
    this.asked.model++
    let failure: unknown = missing()
    for (const file of this.files.get(modelId) ?? []) {
      try {
        return await accept(file)
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }
}

/** Alerts as they were raised. */
export class Heard implements Alerts {
  readonly alerts: Alert[] = []
  raise(alert: Alert): void {
    this.alerts.push(alert)
  }
  resolve(): void {}
  get codes(): string[] {
    return this.alerts.map(({ code }) => code)
  }
}

/** A mismatch, or the test fails with what it is instead. */
export function mismatchOf(opinion: Opinion): Extract<Opinion, { verdict: "mismatch" }> {
  if (opinion.verdict === "mismatch") return opinion
  throw new Error(`${opinion.verdict}: ${"reason" in opinion ? opinion.reason : ""}`)
}

export const garbageRoot = (random: Random): string =>
  hexlify(Uint8Array.from({ length: 32 }, () => random() & 0xff))
