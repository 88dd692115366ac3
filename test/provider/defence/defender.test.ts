import { expect } from "chai"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ZeroAddress, ZeroHash, id } from "ethers"
import { Priority } from "../../../src/chain/transactions/transactions.ts"
import { nodeQuestion, questionId } from "../../../src/engine/audit/game/question.ts"
import { Engine } from "../../../src/engine/wasm/engine.ts"
import type { Program } from "../../../src/engine/program/program.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import type { Inclusions } from "../../../src/provider/anchoring/inclusion.ts"
import { ChallengeBook } from "../../../src/provider/defence/book.ts"
import { type Challenge, challengeId } from "../../../src/provider/defence/challenge.ts"
import { Defender, answerKey } from "../../../src/provider/defence/defender.ts"
import { EvidenceRoom } from "../../../src/provider/defence/evidence.ts"
import type { Entry } from "../../../src/provider/journal.ts"
import { loadModel } from "../../../src/provider/models/load.ts"
import { Space } from "../../../src/protocol/program.ts"
import { traceCommitment } from "../../../src/protocol/trace.ts"
import type { Client } from "../../../src/sdk/client.ts"
import type { Alert } from "../../../src/service/alerts.ts"
import type { Database } from "../../../src/store/database.ts"
import { openDatabase } from "../../../src/store/open.ts"
import { Omission__factory, Onus__factory, WrongExecution__factory } from "../../../types/contracts/index.js"
import { answering } from "../helpers/contracts.ts"
import { Sending } from "../helpers/sending.ts"
import { viewAt } from "../helpers/view.ts"

const registry = { chainId: 31337n, address: `0x${"aa".repeat(20)}` }
const address = `0x${"bb".repeat(20)}`

describe("the defence", () => {
  let folder: string
  let database: Database
  let book: ChallengeBook
  let sending: Sending
  let alerts: Alert[]
  let resolved: string[]
  let runs: number
  let program: Program
  let engine: Engine
  /** What the chain says of a demand. */
  let demandOf: { challenger: string; responder: string }
  const hurried: string[] = []

  before(async () => {
    ;({ program } = await loadModel({ name: "digits", path: "models/digits.onnx", trace: "eager" }))
    engine = await Engine.create(program, { threads: 1 })
  })

  after(() => engine.close())

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "onus-defence-"))
    database = await openDatabase(`sqlite:${join(folder, "node.db")}`)
    book = await ChallengeBook.open(database)
    sending = new Sending()
    alerts = []
    resolved = []
    runs = 0
    demandOf = { challenger: address, responder: ZeroAddress }
  })

  afterEach(async () => {
    await database.close()
    rmSync(folder, { recursive: true })
  })

  const inputs = () => new Uint8Array(4 * program.inputs[0].tensor.length)

  async function execute() {
    runs++
    return engine.run({ [program.inputs[0].name]: new Float32Array(inputs().buffer) }, "kept")
  }

  async function entryOf(receiptId: string): Promise<Entry> {
    const { inputRoot, outputRoot, traceRoot } = commit(await execute())
    const terms = {
      provider: address,
      modelId: program.modelId,
      requestId: receiptId,
      inputCommitment: inputRoot,
      consumer: address,
      coverage: 100n,
      issuedAt: 1_000n,
      anchorBy: 4_600n,
      challengeWindow: 600n,
      termsHash: ZeroHash,
    }
    const receipt = {
      ...terms,
      outputCommitment: outputRoot,
      traceCommitment: traceCommitment(registry, terms, traceRoot),
    }
    const signed = { registry, receipt, signature: "0x", receiptId }
    return {
      terms,
      trace: "eager",
      inputs: inputs(),
      request: receiptId,
      signed,
      batchId: ZeroHash,
      index: 0,
    }
  }

  function open(entries: readonly Entry[]): Defender {
    runs = 0
    const byId = new Map(entries.map((entry) => [entry.signed!.receiptId, entry]))
    const judge = answering(WrongExecution__factory.connect(address), {
      demandOf: () => Promise.resolve(demandOf),
    })
    const onus = answering(Onus__factory.connect(address), { lockOf: () => Promise.resolve({ since: 0n }) })
    const omission = Omission__factory.connect(address)
    const evidence = new EvidenceRoom({ evidenceOf: () => execute() }, registry)
    return new Defender({
      journal: { byReceipt: (receiptId) => Promise.resolve(byId.get(receiptId)) },
      book,
      transactions: sending,
      client: { onus, omission: () => Promise.resolve(omission), registry } as unknown as Client,
      judge,
      pool: { programs: new Map([[program.modelId, program]]) },
      evidence,
      inclusions: { of: () => Promise.resolve(undefined) } as unknown as Inclusions,
      alerts: { raise: (alert) => void alerts.push(alert), resolve: (code) => void resolved.push(code) },
      hurry: (batchId) => void hurried.push(batchId),
    })
  }

  function demand(receiptId: string, index: number, changes: Partial<Challenge> = {}): Challenge {
    const question = nodeQuestion(Space.Trace, program.header.traceDepth - 1, index)
    const asked = questionId(question)
    const common = {
      kind: "demand",
      receiptId,
      question,
      questionId: asked,
      bond: 1n,
      coverage: 100n,
    } as const
    return {
      id: challengeId("demand", receiptId, asked),
      ...common,
      due: 5_000,
      dueBlock: 100,
      block: 1_000,
      ...changes,
    }
  }

  it("answers what is most urgent first, and runs the model once for all questions about a receipt", async () => {
    const receiptId = id("receipt")
    const defender = open([await entryOf(receiptId)])
    await book.note([demand(receiptId, 0, { due: 7_000 }), demand(receiptId, 1, { due: 6_000 })])
    expect(await defender.tick(viewAt(2_000, { clock: 1_900n }))).equal(false)
    const intents = [...sending.intents.values()]
    expect(intents.map(({ deadline }) => deadline)).deep.equal([6_100, 7_100])
    expect(intents.every(({ priority, kind }) => priority === Priority.Defence && kind === "answer")).equal(
      true,
    )
    expect(runs).equal(1)
    expect((await book.counts()).get("sent")).equal(2)
  })

  it("says what leaves are there for: by the step of a tensor, and by the absent leaf behind the last one", async () => {
    const receiptId = id("receipt")
    const defender = open([await entryOf(receiptId)])
    const last = 2 ** program.header.traceDepth - 1
    const leaves = [
      nodeQuestion(Space.Trace, 0, 0),
      nodeQuestion(Space.Trace, 0, last),
      nodeQuestion(Space.Output, 0, 0),
    ]
    await book.note(
      leaves.map((question, i) => {
        const asked = questionId(question)
        const named = { id: challengeId("demand", receiptId, asked), question, questionId: asked }
        return demand(receiptId, 0, { ...named, due: 5_000 + i })
      }),
    )
    await defender.tick(viewAt(2_000))
    const { interface: judge } = WrongExecution__factory.connect(address)
    const calls = [...sending.intents.values()].map(({ data }) => judge.parseTransaction({ data: data })!)
    expect(calls.map(({ name }) => name)).deep.equal(["answerLeaf", "answerNode", "answerLeaf"])
    const [step, , output] = calls.map(({ args }) => args[3] as unknown)
    expect([step, output]).deep.equal([0n, BigInt(program.steps.length - 1)])
    expect(runs).equal(1)
  })

  it("goes through a flood turn by turn, the oldest deadline never behind another", async () => {
    const ids = Array.from({ length: 40 }, (_, i) => id(`receipt ${i}`))
    const [model] = [await entryOf(ids[0])]
    const entries = ids.map((receiptId) => ({
      ...model,
      request: ids[0],
      signed: { ...model.signed!, receiptId },
    }))
    const defender = open(entries)
    await book.note(ids.map((receiptId, i) => demand(receiptId, 0, { due: 9_000 - i })))
    expect(await defender.tick(viewAt(2_000))).equal(true)
    await book.note([demand(ids[0], 1, { due: 3_000 })])
    expect(await defender.tick(viewAt(2_000))).equal(false)
    const deadlines = [...sending.intents.values()].map(({ deadline }) => deadline!)
    expect(deadlines.slice(0, 32)).deep.equal(Array.from({ length: 32 }, (_, i) => 8_961 + i))
    expect(deadlines[32]).equal(3_000)
    expect(deadlines.length).equal(41)
  })

  it("is done with a challenge when its answer is in a final block", async () => {
    const receiptId = id("receipt")
    const defender = open([await entryOf(receiptId)])
    await book.note([demand(receiptId, 0)])
    await defender.tick(viewAt(2_000))
    sending.confirmAll(2_001)
    await defender.tick(viewAt(2_020))
    expect((await book.list("answered", 9)).length).equal(1)
    expect(resolved).contain("ChallengeOpened")
    // Read again after a restart: it is known.
    await book.note([demand(receiptId, 0)])
    expect((await book.counts()).get("open")).equal(undefined)
  })

  it("believes that somebody else has answered when no reorganisation can take that back", async () => {
    const receiptId = id("receipt")
    const defender = open([await entryOf(receiptId)])
    const challenge = demand(receiptId, 0)
    await book.note([challenge])
    await defender.tick(viewAt(2_000))
    sending.outcomes.set(answerKey(challenge.id), {
      state: "refused",
      code: "AlreadyAnswered",
      reason: "AlreadyAnswered()",
    })
    demandOf = { challenger: address, responder: address }
    await defender.tick(viewAt(2_005))
    expect((await book.counts()).get("sent")).equal(1)
    // It left its block again: the answer is made once more.
    demandOf = { challenger: address, responder: ZeroAddress }
    await defender.tick(viewAt(2_006))
    await defender.tick(viewAt(2_036))
    expect((await book.counts()).get("open") ?? (await book.counts()).get("sent")).equal(1)
    await defender.tick(viewAt(2_040))
    expect(sending.submitted).equal(2)
  })

  it("forgets a demand that is in no block any more, and tells of one that is lost", async () => {
    const receiptId = id("receipt")
    const defender = open([await entryOf(receiptId)])
    const [gone, late] = [demand(receiptId, 0), demand(receiptId, 1)]
    await book.note([gone, late])
    await defender.tick(viewAt(2_000))
    sending.outcomes.set(answerKey(gone.id), {
      state: "refused",
      code: "NotDemanded",
      reason: "NotDemanded()",
    })
    demandOf = { challenger: ZeroAddress, responder: ZeroAddress }
    await defender.tick(viewAt(2_001))
    await defender.tick(viewAt(2_011))
    expect(await book.find(gone.id)).equal(undefined)
    sending.outcomes.set(answerKey(late.id), {
      state: "refused",
      code: "AnswerTooLate",
      reason: "AnswerTooLate()",
    })
    demandOf = { challenger: address, responder: ZeroAddress }
    await defender.tick(viewAt(2_012))
    await defender.tick(viewAt(2_022))
    expect((await book.find(late.id))?.state).equal("lost")
    expect(alerts.map(({ code }) => code)).contain("AnswerMissed")
  })

  it("shows nothing that differs from what was signed, says so, and still answers for others", async () => {
    const [broken, sound] = [id("broken"), id("sound")]
    const entry = await entryOf(broken)
    const receipt = { ...entry.signed!.receipt, outputCommitment: id("another output") }
    const defender = open([{ ...entry, signed: { ...entry.signed!, receipt } }, await entryOf(sound)])
    await book.note([demand(broken, 0, { due: 4_000 }), demand(sound, 0)])
    await defender.tick(viewAt(2_000))
    expect(alerts.map(({ code }) => code)).deep.equal(["AnswerFailed"])
    expect((await book.list("sent", 9)).map(({ receiptId }) => receiptId)).deep.equal([sound])
    // Not again at once.
    await defender.tick(viewAt(2_001))
    expect(alerts.length).equal(1)
  })

  it("has the batch hurry that somebody claims was not anchored", async () => {
    const receiptId = id("receipt")
    const defender = open([await entryOf(receiptId)])
    const { question, questionId: asked, ...claim } = demand(receiptId, 0)
    void [question, asked]
    await book.note([{ ...claim, kind: "omission", id: challengeId("omission", receiptId) }])
    await defender.tick(viewAt(2_000))
    expect(hurried).deep.equal([ZeroHash])
    expect(alerts[0].message).contain("not anchored yet")
  })

  it("answers all the others when one cannot be looked after", async () => {
    const [one, two] = [id("one"), id("two")]
    const entries = [await entryOf(one), await entryOf(two)]
    const defender = open(entries)
    const first = demand(one, 0)
    await book.note([first])
    await defender.tick(viewAt(1_000))
    sending.outcomes.set(answerKey(first.id), { state: "refused", code: "X", reason: "X()" })
    demandOf = undefined as never
    await book.note([demand(two, 0)])
    await defender.tick(viewAt(1_010)).catch(() => undefined)
    expect(sending.intents.has(answerKey(demand(two, 0).id))).equal(true)
  })
})
