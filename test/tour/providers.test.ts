import { expect } from "chai"
import { Wallet, ZeroHash, id } from "ethers"
import { Solver } from "../../src/engine/audit/game/solve.ts"
import { nodeQuestion, questionId } from "../../src/engine/audit/game/question.ts"
import { seededDraw } from "../../src/engine/audit/sample.ts"
import type { Execution } from "../../src/engine/executor.ts"
import { interpret, interpreter } from "../../src/engine/reference/interpreter.ts"
import type { Inclusion } from "../../src/protocol/batch.ts"
import { Space } from "../../src/protocol/program.ts"
import { loadModel } from "../../src/provider/models/load.ts"
import type { Serving } from "../../src/provider/serve/serve.ts"
import type { ServedModel } from "../../src/provider/serve/model.ts"
import { type Bundle, decodeBundle } from "../../src/sdk/bundle.ts"
import type { Client } from "../../src/sdk/client.ts"
import { type Conviction, convictEquivocation, convictWrongExecution } from "../../src/sdk/convict.ts"
import { commitToQuestion } from "../../src/sdk/game/commit.ts"
import { convictHidden, convictWithheld, provenEvidence } from "../../src/sdk/game/convict.ts"
import { type Accused, openCourt } from "../../src/sdk/game/court.ts"
import { demand } from "../../src/sdk/game/demand.ts"
import { readGame } from "../../src/sdk/game/read.ts"
import { claimOmission } from "../../src/sdk/omission/claim.ts"
import { convictOmission } from "../../src/sdk/omission/convict.ts"
import { openBundle, reexecute } from "../../src/sdk/verify.ts"
import { LocalChain } from "../../src/tour/chain/local-chain.ts"
import { type Affair, Chronicle } from "../../src/tour/chronicle.ts"
import { ask } from "../../src/tour/consumer.ts"
import {
  type Lie,
  equivocation,
  garbageRoot,
  hiddenTrace,
  omission,
  withheldTrace,
  wrongElement,
} from "../../src/tour/provider/lies.ts"
import { Provider } from "../../src/tour/provider/provider.ts"
import { serveProvider } from "../../src/tour/provider/serving.ts"
import { expectError } from "../sdk/expect-error.ts"

const TOKEN = 10n ** 18n
const HONEST: Lie = { name: "nothing" }

describe("Providers that cheat, before the contract", function () {
  let chain: LocalChain
  let model: ServedModel
  let challenger: Client
  let chronicle: Chronicle
  const image = Float32Array.from({ length: 784 }, (_, i) => ((i * 37) % 101) / 101)
  const consumer = new Wallet(id("consumer"))
  const servings: Serving[] = []

  before(async () => {
    chain = await LocalChain.open()
    const source = { name: "digits", path: "models/digits.onnx", trace: "eager", isPublic: true } as const
    model = await loadModel(source)
    const wallet = new Wallet(id("challenger"))
    challenger = await chain.admit(wallet, 0n)
    chronicle = await Chronicle.open(challenger, wallet.address)
  })
  after(async () => {
    await Promise.all(servings.map((serving) => serving.close()))
    await chain.close()
  })

  /** A provider that lies whenever it is asked, and its address. */
  async function open(lie: Lie): Promise<{ provider: Provider; url: string }> {
    const owner = new Wallet(id(`owner of ${lie.name}`))
    const provider = new Provider({
      client: await chain.admit(owner, 1_000n * TOKEN),
      address: owner.address,
      key: new Wallet(id(`key of ${lie.name}`)),
      models: [model],
      executor: interpreter,
      draw: seededDraw(7),
      lieAbout: () => lie,
    })
    const serving = await serveProvider(provider, { isListed: true })
    servings.push(serving)
    const url = `http://127.0.0.1:${serving.port}`
    await provider.register(url, 1_000n * TOKEN)
    await provider.registerModels(() => `${url}/v1/models/digits/versions/1/file`)
    return { provider, url }
  }

  const askOne = (url: string): Promise<Bundle> =>
    ask(
      url,
      "digits",
      model.program,
      { image },
      {
        consumer: consumer.address,
        requestId: id("the request"),
        coverage: TOKEN,
        window: 86_400n,
        anchorWithin: 3_600n,
      },
    )

  /** What the chain tells about the first answer. */
  async function affairOf({ told }: Provider): Promise<Affair> {
    await chronicle.read()
    return chronicle.affairs.get(told[0].entry.signed.receiptId)!
  }

  /** Where the first answer is anchored. */
  function placeOf({ told: [{ place }] }: Provider): Inclusion {
    if (!place || place === "direct") throw new Error("It is in no batch")
    return place
  }

  /** The evidence as it is served, from the server. */
  async function evidence(url: string, provider: Provider): Promise<Bundle | number> {
    const [{ entry }] = provider.told
    const response = await fetch(`${url}/v1/receipts/${entry.signed.receiptId}/evidence`)
    return response.ok ? decodeBundle(await response.text()) : response.status
  }

  /** Asks for the top of the trace, and sees that the provider shows it. */
  async function expectAnswered(provider: Provider): Promise<void> {
    const court = await openCourt(challenger)
    const { header } = model.program
    const { receipt, receiptId } = provider.told[0].entry.signed
    const question = nodeQuestion(Space.Trace, header.traceDepth, 0)
    const accused: Accused = { receipt, header, inclusion: placeOf(provider) }
    await demand(court, accused, model.program, { kind: "demandNode", question })
    expect(await provider.defend(await chronicle.read())).to.deep.equal([])
    const { responder } = await court.judge.demandOf(receiptId, questionId(question))
    expect(responder).to.equal(provider.address)
  }

  /** Plays until something is proven. */
  async function play(
    provider: Provider,
    own: Execution,
  ): Promise<Conviction & { end: string; asked: number }> {
    const [{ entry }] = provider.told
    const inclusion = placeOf(provider)
    const court = await openCourt(challenger)
    const accused: Accused = { receipt: entry.signed.receipt, header: model.program.header, inclusion }
    const solver = new Solver(own)
    let asked = 0
    for (let moves = 0; moves < 20; moves++) {
      const move = solver.next(await readGame(court, accused))
      switch (move.kind) {
        case "demandNode":
        case "demandChunk": {
          const { address } = challenger.onus.runner as Wallet
          const { salt } = await commitToQuestion(court, accused, address, move.question)
          await demand(court, accused, model.program, move, { salt })
          asked++
          await provider.defend(await chronicle.read())
          break
        }
        case "wait":
          await chain.passTo(Number(move.due) + 1, Number(move.dueBlock))
          break
        case "withheld":
          expect(questionId(move.question)).to.not.equal(ZeroHash)
          return {
            ...((await convictWithheld(court, accused, move.question)) as Conviction),
            end: "withheld",
            asked,
          }
        case "prove":
          return {
            ...((await convictHidden(court, accused, provenEvidence(own, move))) as Conviction),
            end: "proven",
            asked,
          }
        case "agreement":
          throw new Error("nothing differs")
      }
    }
    throw new Error("the game does not end")
  }

  it("a wrong element is found in what the provider itself serves", async () => {
    const { provider, url } = await open(wrongElement)
    await askOne(url)
    await provider.anchor()
    const [[batch]] = [...provider.batches]
    const listed = await (await fetch(`${url}/v1/batches/${batch}`)).text()
    expect(listed).to.contain(provider.told[0].entry.signed.signature)
    const bundle = await evidence(url, provider)
    if (typeof bundle === "number") throw new Error(`status ${bundle}`)
    const opened = openBundle(model.program, bundle)
    const { fault } = await reexecute(interpreter, opened)
    const { signed, inclusion } = bundle
    const conviction = await convictWrongExecution(challenger, signed, opened, fault!, inclusion)
    expect(conviction.restitution).to.equal(TOKEN)
    const { conviction: told, spent, asked } = await affairOf(provider)
    expect(told!.proof).to.deep.equal({ kind: "element", step: fault!.step, element: fault!.element })
    expect(told!.reward).to.equal(conviction.reward)
    expect(spent.map(({ gas }) => gas)).to.deep.equal([conviction.gas])
    expect(asked.size).to.equal(0)
  })

  for (const [lie, end, proof, demands] of [
    [garbageRoot, "withheld", "silence", 1],
    [withheldTrace, "withheld", "silence", 1],
    [hiddenTrace, "proven", "element", 2],
  ] as const) {
    it(`a ${lie.name} is not served, and ends as ${end}`, async () => {
      const { provider, url } = await open(lie)
      await askOne(url)
      await provider.anchor()
      expect(await evidence(url, provider)).to.equal(410)
      const conviction = await play(provider, interpret(model.program, { image }))
      expect([conviction.end, conviction.asked]).to.deep.equal([end, demands])
      expect(conviction.restitution).to.equal(TOKEN)
      const affair = await affairOf(provider)
      expect(affair.conviction!.proof.kind).to.equal(proof)
      // Each demand was committed to.
      expect(affair.spent).to.have.length(2 * demands + 1)
      const answered = [...affair.asked.values()].filter(({ isAnswered }) => isAnswered)
      expect([affair.asked.size, answered.length]).to.deep.equal([demands, end === "proven" ? demands : 0])
    })
  }

  it("an equivocation is two answers to who asks twice, the first one anchored", async () => {
    const { provider, url } = await open(equivocation)
    const [first, second] = [await askOne(url), await askOne(url)]
    await provider.anchor()
    expect(provider.told.map(({ place }) => place !== undefined)).to.deep.equal([true, false])
    const conviction = await convictEquivocation(challenger, first.signed, second.signed, placeOf(provider))
    expect(conviction.restitution).to.equal(TOKEN)
    expect((await affairOf(provider)).conviction!.proof).to.deep.equal({ kind: "signatures" })
  })

  it("an omission is signed, and anchored never", async () => {
    const { provider, url } = await open(omission)
    const { signed } = await askOne(url)
    await provider.anchor()
    await expectError("NotDue", () => claimOmission(challenger, signed))
    await chain.passTo(Number(signed.receipt.anchorBy) + 1, 0)
    const { due, dueBlock } = await claimOmission(challenger, signed)
    expect(await provider.defend(await chronicle.read())).to.deep.equal([])
    await chain.passTo(Number(due) + 1, Number(dueBlock))
    const conviction = (await convictOmission(challenger, signed)) as Conviction
    expect(conviction.punitive > 0n).to.equal(true)
    expect((await affairOf(provider)).conviction!.proof).to.deep.equal({ kind: "never anchored" })
  })

  it("who tells the truth answers everything", async () => {
    const { provider, url } = await open(HONEST)
    const { signed } = await askOne(url)
    await askOne(url)
    expect(provider.told).to.have.length(1)
    await provider.anchor()
    const [told] = provider.told
    expect(told.lie).to.equal(undefined)
    const run = interpret(model.program, { image })
    const own = interpret(model.program, { image: image.map((value) => value + 1) })
    await expectError("CommitmentMismatch", () => play(provider, own))
    const honest = await play(provider, run).catch((error: Error) => error.message)
    expect(honest).to.equal("nothing differs")
    await expectAnswered(provider)
    await chain.passTo(Number(signed.receipt.anchorBy) + 1, 0)
    const claimed = await claimOmission(challenger, signed)
    expect(await provider.defend(await chronicle.read())).to.deep.equal([])
    await chain.passTo(Number(claimed.due) + 1, Number(claimed.dueBlock))
    await expectError("AlreadyAnswered", () => convictOmission(challenger, signed))
  })
})
