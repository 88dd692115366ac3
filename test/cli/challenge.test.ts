import { readFileSync, writeFileSync } from "node:fs"
import { expect } from "chai"
import { ZeroHash, id } from "ethers"
import { readInputs } from "../../src/cli/input.ts"
import { readModel } from "../../src/cli/model-file.ts"
import type { Execution } from "../../src/engine/executor.ts"
import { saveOnnx } from "../../src/engine/onnx/save.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { type AnswerTerms, signRun } from "../../src/sdk/answer.ts"
import { MemoryJournal } from "../../src/sdk/journal.ts"
import { bundleOf, decodeBundle, encodeBundle } from "../../src/sdk/bundle.ts"
import { graphOf, node, values } from "../engine/program/graphs.ts"
import { type Chain, account, startChain } from "./chain.ts"
import { Desk, MODEL, SEVEN } from "./run.ts"

/** What `challenge` prints with `--json`. */
interface Played {
  readonly move: { readonly kind: string }
  readonly sent: boolean
  readonly convicted?: boolean
}

describe("onus: a hidden trace", () => {
  const [provider, challenger, consumer] = [account(1), account(2), account(3)]
  let chain: Chain
  let desk: Desk

  before(async () => {
    chain = await startChain()
    desk = new Desk(chain)
    await desk.json(provider, "provider", "register", "--uri", "https://provider.example")
    await desk.json(provider, "provider", "stake", "1000")
    await desk.json(provider, "provider", "key", "add", provider.address, "--roles", "sign,anchor")
    await desk.json(provider, "model", "add", MODEL)
  })

  after(async () => {
    desk.remove()
    await chain.close()
  })

  /** Anchors an answer, falsified or not; the challenger gets a copy without the trace. */
  async function anchored(name: string, lying: boolean): Promise<{ own: string; seen: string }> {
    const program = readModel(MODEL)
    const run = interpret(program, readInputs(program, [`image=${SEVEN}`]), (step, output) => {
      if (lying && step === 2) output[4 * 42 + 3] ^= 1 << 3
    })
    const own = await put(name, run)
    const bundle = decodeBundle(readFileSync(desk.path(own), "utf8"))
    const seen = `${name}-seen.json`
    const tensors = { ...bundle.tensors, trace: new Uint8Array() }
    writeFileSync(desk.path(seen), encodeBundle({ ...bundle, tensors }))
    return { own, seen }
  }

  /** Signs and anchors a run; returns the name of its file. */
  async function put(name: string, run: Execution): Promise<string> {
    const block = await chain.deployment.onus.runner!.provider!.getBlock("latest")
    const terms: AnswerTerms = {
      provider: provider.address,
      consumer: consumer.address,
      requestId: id(name),
      coverage: 10n ** 18n,
      challengeWindow: 3600n,
      issuedAt: BigInt(block!.timestamp),
      anchorWithin: 3600n,
      termsHash: ZeroHash,
    }
    const registry = { chainId: 31337n, address: chain.registry }
    const { signed } = await signRun({ registry, key: provider, journal: new MemoryJournal() }, run, terms)
    const own = `${name}.json`
    writeFileSync(desk.path(own), encodeBundle(bundleOf(signed, run)))
    await desk.json(provider, "anchor", own)
    return own
  }

  const play = async (file: string, ...rest: string[]): Promise<Played> =>
    (await desk.json(challenger, "challenge", file, "--model", MODEL, ...rest)) as unknown as Played
  const answer = async (file: string) =>
    (await desk.json(provider, "answer", file, "--model", MODEL)) as unknown as { answered: object[] }

  it("is brought to light, and the lie in it convicted", async () => {
    const { own, seen } = await anchored("lie", true)
    expect(await play(seen, "--dry-run")).to.deep.include({ sent: false })
    const kinds: string[] = []
    for (let played: Played | undefined; played?.convicted !== true;) {
      played = await play(seen)
      kinds.push(played.move.kind)
      if (!played.convicted) {
        expect((await play(seen)).move.kind).to.equal("wait")
        expect((await answer(own)).answered).to.have.length(1)
      }
    }
    expect(kinds).to.deep.equal(["demandNode", "demandChunk", "prove"])
    const settling = async () =>
      (await desk.json(consumer, "settle", seen, "--model", MODEL)) as unknown as {
        settled: { to: string }[]
      }
    const to = (await settling()).settled.map((one) => one.to)
    expect(to).to.deep.equal([challenger.address, challenger.address])
    expect((await settling()).settled).to.deep.equal([])
  })

  it("is left alone if the answer is right", async () => {
    const { own, seen } = await anchored("right", false)
    expect(await play(seen)).to.deep.equal({ move: { kind: "agreement" }, sent: false })
    expect((await answer(own)).answered).to.deep.equal([])
  })

  it("is not needed to convict by a sum that is too long for one transaction", async () => {
    const nodes = [node("Gemm", ["x", "B"], "y", {})]
    const B = values("B", [8000, 1], new Array<number>(8000).fill(0.5))
    writeFileSync(
      desk.path("deep.onnx"),
      saveOnnx(graphOf({ inputs: { x: [1, 8000] }, constants: [B], nodes, outputs: ["y"] })),
    )
    const program = readModel(desk.path("deep.onnx"))
    const inputs = { x: Float32Array.from({ length: 8000 }, (_, i) => Math.sin(i)) }
    const run = interpret(program, inputs, (_, output) => {
      output[0] ^= 1
    })
    await desk.json(provider, "model", "add", "deep.onnx")
    const own = await put("deep", run)
    const dispute = ["dispute", own, "--model", "deep.onnx"]
    expect(await desk.json(undefined, ...dispute, "--dry-run")).to.include({ transactions: 2, gas: null })
    expect(await desk.json(challenger, ...dispute)).to.include({ convicted: true, transactions: 2 })
  })

  it("convicts who does not answer", async () => {
    const { seen } = await anchored("silent", true)
    expect((await play(seen)).move.kind).to.equal("demandNode")
    await chain.wait(86_500)
    await chain.wait(60)
    const played = await play(seen)
    expect(played).to.deep.include({ convicted: true, sent: true })
    expect(played.move.kind).to.equal("withheld")
  })
})
