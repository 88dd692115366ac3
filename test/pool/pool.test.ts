import { expect } from "chai"
import { hexlify } from "ethers"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { commit, inputCommitment } from "../../src/engine/trace/commitment.ts"
import { openPool } from "../../src/pool/open.ts"
import { inputsFrom } from "../../src/pool/work.ts"
import type { Pool } from "../../src/pool/pool.ts"
import { digits, picture } from "../provider/parts.ts"

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "none",
    (error: { code?: string }) => error.code ?? "an error without a code",
  )

describe("the pool of threads", () => {
  const program = digits()
  const { modelId } = program
  let pool: Pool

  before(async () => {
    pool = await openPool([{ program, workers: 2 }], { queue: 40, evidenceQueue: 2 })
  })
  after(() => pool.close())

  it("gives the outputs and roots that the reference interpreter gives", async () => {
    const expected = interpret(program, inputsFrom(program, picture()))
    const { inputRoot, outputRoot, traceRoot } = commit(expected)
    const answered = await pool.run(modelId, picture(), "eager")
    expect(answered).to.deep.include({ inputRoot, outputRoot, traceRoot })
    expect(hexlify(answered.outputs[0])).to.equal(hexlify(expected.bytes(program.outputs[0].tensor)))
  })

  it("hashes inputs and outputs alone when the trace is not asked for", async () => {
    const answered = await pool.run(modelId, picture(), "lazy")
    expect(answered.traceRoot).to.equal(undefined)
    expect(answered.inputRoot).to.equal(inputCommitment(program, inputsFrom(program, picture())))
    expect(answered.outputRoot).to.equal((await pool.run(modelId, picture(), "eager")).outputRoot)
  })

  it("gives roots alone to who wants no more", async () => {
    const { inputRoot, outputRoot, traceRoot } = await pool.run(modelId, picture(), "eager")
    const roots = await pool.rootsOf(modelId, picture(), "eager")
    expect(roots).to.include({ inputRoot, outputRoot, traceRoot })
    expect(roots).to.not.have.property("outputs")
    expect((await pool.rootsOf(modelId, picture(), "lazy")).traceRoot).to.equal(undefined)
  })

  it("answers each of many requests at once with its own answer, and keeps the inputs of the caller", async () => {
    const [seven, three] = [picture("7-chalk"), picture("3-marker")]
    const alone = [await pool.run(modelId, seven, "eager"), await pool.run(modelId, three, "eager")]
    const many = await Promise.all(
      Array.from({ length: 40 }, (_, i) => pool.run(modelId, i % 2 === 0 ? seven : three, "eager")),
    )
    many.forEach((answered, i) => expect(answered.outputRoot).to.equal(alone[i % 2].outputRoot))
    expect(hexlify(seven)).to.equal(hexlify(picture("7-chalk")))
  })

  it("refuses what would wait too long", async () => {
    const runs = Array.from({ length: 60 }, () => code(pool.run(modelId, picture(), "lazy")))
    const codes = await Promise.all(runs)
    expect(new Set(codes)).to.deep.equal(new Set(["none", "PoolBusy"]))
    pool.requireRoom(modelId)
  })

  it("makes a run again with every tensor and all trees", async () => {
    const run = await pool.evidenceOf(modelId, picture())
    const expected = interpret(program, inputsFrom(program, picture()))
    expect(commit(run).traceRoot).to.equal(commit(expected).traceRoot)
    for (const tensor of program.traceTensors)
      expect(hexlify(run.bytes(tensor))).to.equal(hexlify(expected.bytes(tensor)))
    const [first] = program.traceTensors
    expect(commit(run).open(first, 0)).to.deep.equal(commit(expected).open(first, 0))
  })

  it("refuses to gather evidence for too many at once, but not for an answer to a challenge", async () => {
    const asked = Array.from({ length: 8 }, () => code(pool.evidenceOf(modelId, picture())))
    const urgent = code(pool.evidenceOf(modelId, picture(), true))
    expect(await Promise.all(asked)).to.include("PoolBusy")
    expect(await urgent).to.equal("none")
  })

  it("knows its models only", async () => {
    expect(await code(pool.run(`0x${"11".repeat(32)}`, picture(), "lazy"))).to.equal("ModelUnknown")
    expect(await code(pool.evidenceOf(`0x${"11".repeat(32)}`, picture()))).to.equal("ModelUnknown")
  })

  it("fails what waits when it is closed", async () => {
    const other = await openPool([{ program }])
    const runs = Array.from({ length: 20 }, () => code(other.run(modelId, picture(), "lazy")))
    await other.close()
    expect(new Set(await Promise.all(runs))).to.include("PoolClosed")
    expect(await code(other.run(modelId, picture(), "lazy"))).to.equal("PoolClosed")
  })
})
