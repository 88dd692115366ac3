import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { checkStep } from "../../src/cli/check/check-steps.ts"
import { LocalReferee } from "../../src/cli/check/local-referee.ts"
import { completeInputs, seededDraw } from "../../src/engine/audit/sample.ts"
import { withFlippedBit } from "../../src/engine/audit/sample-lie.ts"
import { Execution } from "../../src/engine/executor.ts"
import { tensorOf } from "../../src/engine/onnx/elements.ts"
import { loadOnnx } from "../../src/engine/onnx/load.ts"
import { saveOnnx } from "../../src/engine/onnx/save.ts"
import { encodeTensorFile } from "../../src/engine/onnx/tensor-file.ts"
import { PROOF_LIMITS } from "../../src/engine/program/proof-cost.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { commit, tensorsOf } from "../../src/engine/trace/commitment.ts"
import { Space, type Tensor } from "../../src/protocol/program.ts"
import { graphOf, node } from "../engine/program/graphs.ts"
import { MODEL, type Refusal, SEVEN, onus } from "./run.ts"

interface Cost {
  readonly atMost: number
  readonly measured: number | null
}

interface CheckReply {
  readonly holds: boolean
  readonly provable: boolean
  readonly steps: number
  readonly samples: number
  readonly mismatches: number
  readonly convicted: number
  readonly nodes: readonly {
    readonly step: number
    readonly primitive: string
    readonly output: string | null
    readonly elements: number
    readonly transactions: number | null
    readonly samples: number
    readonly convicted: number
    readonly gas: Cost
    readonly bytes: Cost
  }[]
}

/** A product along `terms` numbers, and their order. */
const wide = (terms: number, ...ops: string[]) =>
  saveOnnx(
    graphOf({
      inputs: { a: [1, terms], b: [terms, 1] },
      nodes: [
        ...(ops.includes("MatMul") ? [node("MatMul", ["a", "b"], "y")] : []),
        ...(ops.includes("ArgMax") ? [node("ArgMax", ["a"], "z", { axis: 1 })] : []),
      ],
      outputs: [...(ops.includes("MatMul") ? ["y"] : []), ...(ops.includes("ArgMax") ? ["z"] : [])],
    }),
  )

describe("onus model check", function () {
  this.timeout(120_000)
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "onus-check-"))
    writeFileSync(join(folder, "several.onnx"), wide(8_192, "MatMul"))
    writeFileSync(join(folder, "many.onnx"), wide(16_384, "MatMul", "ArgMax"))
  })
  after(() => rmSync(folder, { recursive: true }))

  const check = async (exit: number, ...args: string[]): Promise<CheckReply> => {
    const { code, stdout, stderr } = await onus(folder, {}, "model", "check", ...args, "--json")
    expect(code, stdout + stderr).to.equal(exit)
    return JSON.parse(stdout) as CheckReply
  }

  it("has the contract agree on the digit model, and convict every flipped bit", async () => {
    const reply = await check(0, MODEL, "--samples", "2", "--seed", "7")
    expect(reply).to.include({ holds: true, provable: true, steps: 10, mismatches: 0 })
    expect(reply.convicted).to.equal(reply.samples)
    expect(reply.nodes.map(({ output }) => output).filter((name) => name !== null)).to.deep.equal([
      "probabilities",
    ])
    for (const { elements, samples, gas, bytes, transactions } of reply.nodes) {
      expect(samples).to.equal(Math.min(elements, 2))
      expect(transactions).to.equal(1)
      expect(gas.measured).to.be.within(21_000, gas.atMost)
      expect(bytes.measured).to.be.within(1, bytes.atMost)
    }
    expect(await check(0, MODEL, "--samples", "2", "--seed", "7")).to.deep.equal(reply)
  })

  it("bounds the proofs of tensors of a few bytes", async () => {
    const nodes = [node("Relu", ["x"], "above"), node("IsNaN", ["x"], "none"), node("Not", ["none"], "some")]
    const outputs = ["above", "none", "some"]
    writeFileSync(join(folder, "tiny.onnx"), saveOnnx(graphOf({ inputs: { x: [1] }, nodes, outputs })))
    const { nodes: steps } = await check(0, "tiny.onnx")
    expect(steps.length).to.equal(3)
    for (const { gas, bytes } of steps) {
      expect(gas.measured).to.be.within(21_000, gas.atMost)
      expect(bytes.measured).to.be.within(1, bytes.atMost)
    }
  })

  it("says the worst case alone if no samples are asked for", async () => {
    const reply = await check(0, MODEL, "--samples", "0")
    expect(reply).to.include({ holds: true, samples: 0, convicted: 0 })
    expect(reply.nodes.every(({ gas }) => gas.measured === null && gas.atMost <= PROOF_LIMITS.gas)).to.equal(
      true,
    )
  })

  it("takes inputs from files", async () => {
    const reply = await check(0, MODEL, "--samples", "1", "--input", `image=${SEVEN}`)
    expect(reply.holds).to.equal(true)
  })

  it("counts transactions where a sum or a rank is resumed", async () => {
    const several = await check(0, "several.onnx", "--samples", "1")
    expect(several.nodes[0].transactions).to.be.within(2, 4)
    expect(several).to.include({ holds: true, samples: 1, convicted: 1 })
    const many = await check(0, "many.onnx", "--samples", "0")
    expect(many).to.include({ holds: true, provable: true })
    expect(many.nodes.map(({ primitive }) => primitive)).to.deep.equal(["Dot", "Rank"])
    for (const { transactions } of many.nodes) expect(transactions).to.be.above(1)
  })

  it("tells people the same, and on stderr how far it is", async () => {
    const { code, stdout, stderr } = await onus(folder, {}, "model", "check", MODEL, "--samples", "1")
    expect(code).to.equal(0)
    expect(stdout).to.match(/^holds\n/)
    expect(stdout).to.match(/step +primitive +output +elements +transactions +gas at most/)
    expect(stdout).to.match(/\n9 +Read \+2 +probabilities +10 +1 /)
    expect(stderr).to.include("running 10 steps")
  })

  it("refuses wrong arguments", async () => {
    const refusal = async (...args: string[]) => {
      const { code, stdout } = await onus(folder, {}, "model", "check", ...args, "--json")
      expect(code).to.equal(2)
      return (JSON.parse(stdout) as { error: Refusal }).error.code
    }
    expect(await refusal(MODEL, "--samples", "-1")).to.equal("UsageInvalid")
    expect(await refusal("missing.onnx")).to.equal("FileUnreadable")
    writeFileSync(join(folder, "x.pb"), encodeTensorFile(tensorOf("x", "float32", [1], Float32Array.of(1))))
    expect(await refusal(MODEL, "--input", "picture=x.pb")).to.equal("InputUnknown")
  })
})

describe("what onus model check does", () => {
  const program = lower(loadOnnx(readFileSync(MODEL)))
  const run = interpret(program, completeInputs(program, {}, seededDraw(1)))

  /** The same run with one bit of one element flipped. */
  function changed(tensor: Tensor, element: number, bit: number): Execution {
    const copies = (space: Space) => tensorsOf(program, space).map((one) => run.bytes(one).slice())
    const tensors = { 0: copies(0), 1: copies(1), 2: copies(2), 3: copies(3) }
    tensors[tensor.space][tensor.id][4 * element + (bit >> 3)] ^= 1 << (bit & 7)
    return new Execution(program, tensors)
  }

  it("commits to a flipped bit as if the whole run had been hashed with it", () => {
    for (const [step, element, bit] of [
      [0, 0, 0],
      [0, 6271, 31],
      [3, 400, 9],
      [9, 7, 20],
    ]) {
      const { output } = program.steps[step]
      const lie = withFlippedBit(commit(run), output, element, bit)
      const hashed = commit(changed(output, element, bit))
      expect(lie).to.include({
        inputRoot: hashed.inputRoot,
        traceRoot: hashed.traceRoot,
        outputRoot: hashed.outputRoot,
      })
      const spaces = [Space.Input, Space.Weights, Space.Trace, Space.Output]
      for (const tensor of spaces.flatMap((space) => tensorsOf(program, space))) {
        const chunks = Math.ceil(run.bytes(tensor).length / 1024)
        for (let chunk = 0; chunk < chunks; chunk++) {
          for (const count of new Set([1, chunks - chunk]))
            expect(lie.open(tensor, chunk, count)).to.deep.equal(hashed.open(tensor, chunk, count))
        }
      }
    }
  })

  it("finds what an engine has computed wrong, at its step only", async () => {
    const referee = await LocalReferee.open()
    const wrong = changed(program.steps[7].output, 3, 1)
    const mismatches: number[] = []
    for (const step of [6, 7]) {
      const sampled = await checkStep(referee, wrong, commit(wrong), step, 10, seededDraw(1))
      mismatches.push(sampled.mismatches)
      expect(sampled.problem).to.equal(null)
    }
    expect(mismatches).to.deep.equal([0, 1])
    await referee.close()
  })

  it("tells of a proof that the contract does not take", async () => {
    const referee = await LocalReferee.open()
    const honest = commit(run)
    const torn = { ...honest, traceRoot: honest.outputRoot, open: honest.open.bind(honest) }
    const sampled = await checkStep(referee, run, torn, 2, 1, seededDraw(1))
    expect(sampled).to.include({ samples: 1, mismatches: 1 })
    expect(sampled.problem).to.match(/The contract refused: \w+/)
    await referee.close()
  })
})
