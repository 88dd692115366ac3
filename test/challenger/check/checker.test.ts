import { expect } from "chai"
import { hexlify } from "ethers"
import type { Checker } from "../../../src/challenger/check.ts"
import { type CheckerOptions, openChecker } from "../../../src/challenger/check/open.ts"
import type { Question } from "../../../src/challenger/check/questions.ts"
import { Solver } from "../../../src/engine/audit/game/solve.ts"
import type { Execution } from "../../../src/engine/executor.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { Engine } from "../../../src/engine/wasm/engine.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import { OnusError } from "../../../src/protocol/errors.ts"
import { Space, widthOf } from "../../../src/protocol/program.ts"
import { silentLog } from "../../../src/service/log.ts"
import { Forgery } from "../../game/forgery.ts"
import { LIES } from "../../game/lies.ts"
import { expectError } from "../../sdk/expect-error.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { DIGITS } from "../../engine/onnx/models.ts"
import { digits, picture } from "../../provider/parts.ts"
import { inputsFrom } from "../../../src/pool/work.ts"
import {
  Heard,
  REGISTRY,
  SMALL,
  Served,
  compileHere,
  garbageRoot,
  inputBytes,
  mismatchOf,
  randomAsked,
  receiptFor,
  receiptOf,
} from "./stage.ts"

const SEED = Number(process.env.ONUS_SEED ?? 0x63686b)
/** Networks; each is told several lies. */
const NETWORKS = process.env.ONUS_LONG === "1" ? Number(process.env.ONUS_COUNT ?? 200) : 4

const [SEVEN, THREE] = [picture("7-chalk"), picture("3-marker")]

describe("the checker", () => {
  const served = new Served()
  const heard = new Heard()
  let checker: Checker

  before(async () => {
    checker = await openChecker({ sources: served, alerts: heard, log: silentLog, caps: SMALL })
    served.addModel(digits(), DIGITS)
  })
  after(() => checker.close())
  beforeEach(() => {
    heard.alerts.length = 0
    served.failure = undefined
  })

  /** A checker of which all but the first runs is done here: starting a thread takes longer than a small network. */
  const inProcess = (more: Partial<CheckerOptions> = {}) =>
    openChecker({
      sources: served,
      alerts: heard,
      log: silentLog,
      caps: SMALL,
      compile: compileHere,
      selfTest: () => Promise.resolve(undefined),
      runAfresh: async (program, inputs) => {
        const engine = await Engine.create(program)
        const run = await engine.run(inputsFrom(program, inputs), "kept")
        await engine.close()
        return run
      },
      ...more,
    })

  const seven = () => interpret(digits(), inputsFrom(digits(), SEVEN))

  /** A receipt whose question is served. */
  const asked = (question: Question, inputs: Uint8Array = SEVEN): Question => {
    served.questions.set(question.id, inputs)
    return question
  }

  /** A run of which one bit of what a step computes is another, with or without what follows. */
  function wrongRun(step: number, follows = true): Execution {
    const program = digits()
    const inputs = inputsFrom(program, SEVEN)
    if (follows) return interpret(program, inputs, (number, bytes) => number === step && (bytes[2] ^= 64))
    const run = interpret(program, inputs)
    run.bytes(program.steps[step].output)[2] ^= 64
    return run
  }

  it("finds right answers right, whether they commit to a trace or not, and asks for no trace", async () => {
    const before = served.asked.bundle
    for (const isEager of [true, false]) {
      const known = asked(receiptOf(seven(), isEager))
      expect(await checker.check(known)).to.deep.equal({ verdict: "match" })
    }
    expect(served.asked.bundle).to.equal(before)
    expect(served.asked.model).to.equal(1)
  })

  it("shows the wrong element of a trace that is served", async () => {
    const program = digits()
    const wrong = wrongRun(1)
    const known = asked(receiptOf(wrong))
    served.addBundle(known, wrong)
    const opinion = mismatchOf(await checker.check(known))
    expect(opinion.proof).to.equal("shown")
    const { step, element, claimed, correct, bundle } = opinion.served!
    expect([step, element]).to.deep.equal([1, 0])
    const bits = (run: Execution) =>
      Buffer.from(run.bytes(program.steps[1].output)).readUIntLE(0, widthOf(program.steps[1].output.type))
    expect([claimed, correct]).to.deep.equal([BigInt(bits(wrong)), BigInt(bits(seven()))])
    expect(bundle.signed).to.equal(known.signed)
    expect(heard.codes).to.deep.equal([])
  })

  it("takes no trace for the provider's that its receipt does not commit to", async () => {
    const known = asked(receiptOf(wrongRun(1)))
    served.addBundle(known, wrongRun(2))
    const opinion = mismatchOf(await checker.check(known))
    expect(opinion.served).to.equal(undefined)
    expect(opinion.proof).to.equal("hidden")
  })

  it("asks nobody to serve the trace of an answer without one", async () => {
    const known = asked(receiptOf(wrongRun(digits().steps.length - 1), false))
    const before = served.asked.bundle
    expect(mismatchOf(await checker.check(known)).proof).to.equal("hidden")
    expect(served.asked.bundle).to.equal(before)
  })

  it("finds a wrong trace behind right outputs", async () => {
    const { inputRoot, outputRoot } = commit(seven())
    const root = garbageRoot(seeded(SEED))
    const known = asked(receiptFor(digits(), { inputRoot, outputRoot, traceRoot: root }))
    const opinion = mismatchOf(await checker.check(known))
    expect(opinion.reason).to.contain("trace").and.contain(known.signed.receipt.traceCommitment)
  })

  it("finds what is behind the last tensor", async () => {
    const honest = seven()
    const forgery = new Forgery(honest)
    const leaves = forgery.leaves[Space.Trace]
    expect(leaves.length).to.be.below(2 ** digits().header.traceDepth)
    leaves.push(Uint8Array.from({ length: 32 }, (_, i) => i))
    const { inputRoot, outputRoot } = commit(honest)
    const known = asked(receiptFor(digits(), { inputRoot, outputRoot, traceRoot: forgery.traceRoot }))
    expect(mismatchOf(await checker.check(known)).proof).to.equal("hidden")
  })

  it("gives the game the run with every tensor, once", async () => {
    const known = asked(receiptOf(wrongRun(1)))
    await checker.check(known)
    const before = served.asked.inputs
    const run = await checker.runOf(known)
    expect(commit(run).traceRoot).to.equal(commit(seven()).traceRoot)
    expect(served.asked.inputs).to.equal(before)
    expect(await checker.programOf(digits().modelId, known.signed.receipt.provider)).to.equal(run.program)
  })

  it("gets a run that it has not made yet by two instances that agree", async () => {
    const known = asked(receiptOf(seven()))
    expect(commit(await checker.runOf(known)).outputRoot).to.equal(commit(seven()).outputRoot)
    const other = asked(receiptOf(seven()), THREE)
    await expectError("ContentInvalid", () => checker.runOf(other))
  })

  it("leaves it to the solver where a wrong element is, and both mean the same one", async () => {
    const wrong = wrongRun(2)
    const known = asked(receiptOf(wrong))
    served.addBundle(known, wrong)
    const { step } = mismatchOf(await checker.check(known)).served!
    const { receipt } = known.signed
    const position = { registry: REGISTRY, receipt, asked: [], time: 0n, block: 0n }
    const move = new Solver(await checker.runOf(known)).next(position)
    expect(move.kind).to.equal("demandNode")
    expect(hexlify(Uint8Array.of(step))).to.equal("0x02")
  })

  describe("with random networks", () => {
    let quick: Checker

    before(async () => (quick = await inProcess()))
    after(() => quick.close())

    it(`finds every lie (${NETWORKS} networks)`, async () => {
      for (let number = 0; number < NETWORKS; number++) {
        const seed = SEED + number
        try {
          await tryNetwork(seed)
        } catch (error) {
          throw new Error(`Seed ${seed}: ${(error as Error).message}`, { cause: error })
        }
      }
    })

    async function tryNetwork(seed: number): Promise<void> {
      const { onnx, request } = randomAsked(seeded(seed))
      const inputs = inputBytes(request)
      served.addModel(request.program, onnx)
      const honest = interpret(request.program, request.inputs)
      for (const isEager of [true, false]) {
        const known = asked(receiptOf(honest, isEager), inputs)
        expect(await quick.check(known)).to.deep.equal({ verdict: "match" })
      }
      const names = Object.keys(LIES)
      for (let i = 0; i < 4; i++) {
        const name = names[request.random() % names.length]
        const liar = request.program.steps.length > 1 ? LIES[name](request) : undefined
        if (!liar) continue
        const { inputRoot } = commit(honest)
        const known = asked(receiptFor(request.program, { ...liar, inputRoot }), inputs)
        expect(mismatchOf(await quick.check(known)).proof, name).to.equal("hidden")
      }
    }
  })

  describe("without a question", () => {
    it("takes the right one of two that are served", async () => {
      const known = asked(receiptOf(seven()))
      served.handedIn.set(known.id, THREE)
      expect(await checker.check(known)).to.deep.equal({ verdict: "match" })
    })

    it("blames nobody for one that somebody else made up", async () => {
      const known = asked(receiptOf(seven()), THREE)
      const opinion = await checker.check(known)
      expect(opinion).to.include({ verdict: "unfetchable", isFinal: false })
      const short = asked(receiptOf(seven()), new Uint8Array(3))
      expect(await checker.check(short)).to.include({ verdict: "unfetchable", isFinal: false })
    })

    it("tries again later", async () => {
      const known = receiptOf(seven())
      expect(await checker.check(known)).to.include({ verdict: "unfetchable", isFinal: false })
    })

    it("says nothing when its own parts are out of order", async () => {
      served.failure = new OnusError("DatabaseUnavailable", "It is gone")
      await expectError("DatabaseUnavailable", () => checker.check(receiptOf(seven())))
    })
  })

  describe("in doubt", () => {
    it("accuses nobody when two runs on this machine disagree", async () => {
      const one = await inProcess({ runAfresh: () => Promise.resolve(wrongRun(3)) })
      const known = asked(receiptOf(wrongRun(1)))
      expect(await one.check(known)).to.include({ verdict: "differs" })
      expect(heard.codes).to.deep.equal(["ExecutionInDoubt"])
      await expectError("RunsDiffer", () => one.runOf(known))
      await one.close()
    })

    it("accuses nobody when the interpreter does not say what the run says", async () => {
      const last = digits().steps.length - 1
      // Of a receipt without a trace only outputs are compared: an engine that is wrong the same way each time is found by the definition.
      const run = seven()
      run.bytes(digits().steps[0].output).forEach((_, i, bytes) => (bytes[i] ^= 1))
      const one = await inProcess({ runAfresh: () => Promise.resolve(run) })
      const known = asked(receiptOf(wrongRun(last), false))
      const opinion = await one.check(known)
      expect(opinion).to.include({ verdict: "differs" })
      expect(heard.alerts[0].message).to.contain("interpreter")
      await one.close()
    })

    it("asks for nothing that no transaction has room to prove, and takes what is served all the same", async () => {
      const compile: typeof compileHere = async (...about) => {
        const model = await compileHere(...about)
        return { ...model, needs: { ...model.needs, isProvable: false } }
      }
      const one = await inProcess({ compile })
      const known = asked(receiptOf(wrongRun(1)))
      const opinion = await one.check(known)
      expect(opinion).to.include({ verdict: "differs" })
      expect("reason" in opinion && opinion.reason).to.contain("no transaction has room for")
      served.addBundle(known, wrongRun(1))
      expect(mismatchOf(await one.check(known)).proof).to.equal("shown")
      await one.close()
    })

    it("judges nothing on a machine that fails the self-test, also later", async () => {
      let fault: string | undefined
      const one = await inProcess({ selfTest: () => Promise.resolve(fault), selfTestCountsFor: 0 })
      const [right, wrong] = [asked(receiptOf(seven())), asked(receiptOf(wrongRun(1)))]
      expect(await one.check(right)).to.deep.equal({ verdict: "match" })
      fault = "It adds wrongly"
      expect(await one.check(wrong)).to.deep.equal({ verdict: "differs", reason: fault })
      fault = undefined
      const before = served.asked.inputs
      expect(await one.check(right)).to.deep.equal({ verdict: "differs", reason: "It adds wrongly" })
      expect(served.asked.inputs).to.equal(before)
      expect(heard.codes).to.include("SelfTestFailed")
      await one.close()
    })

    it("does not judge a model that this machine has no room for", async () => {
      const one = await inProcess({ caps: { ...SMALL, engineBytes: 2 ** 16 } })
      const opinion = await one.check(asked(receiptOf(seven())))
      expect(opinion).to.include({ verdict: "differs" })
      expect("reason" in opinion && opinion.reason).to.contain("MiB")
      await one.close()
    })
  })
})
