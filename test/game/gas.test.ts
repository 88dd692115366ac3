import { expect } from "chai"
import { ZeroHash } from "ethers"
import { answerer } from "../../src/engine/audit/game/answer.ts"
import { type Question, chunkQuestion, nodeQuestion } from "../../src/engine/audit/game/question.ts"
import { type Move, Solver } from "../../src/engine/audit/game/solve.ts"
import { stepAt } from "../../src/engine/audit/game/step-at.ts"
import { tensorOf } from "../../src/engine/onnx/elements.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { type Program, totalLeaves } from "../../src/engine/program/program.ts"
import { requireProvable } from "../../src/engine/program/provable.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import { encodeStep } from "../../src/protocol/encode-step.ts"
import { Space } from "../../src/protocol/program.ts"
import { commitToEvidence, commitToQuestion, precede } from "../../src/sdk/game/commit.ts"
import { provenEvidence } from "../../src/sdk/game/convict.ts"
import { graphOf, node } from "../engine/program/graphs.ts"
import { bitsOf } from "../engine/program/words.ts"
import { Court, DIGITS } from "../faults/court.ts"
import { type GasTable, ReadmeTable } from "../gas/readme-table.ts"
import { longProgram, longRun } from "./long-trace.ts"
import { Table } from "./table.ts"

/** What the bond of a demand pays for: see `Disclosure`. */
const ANSWER_GAS = 1_000_000n

/** 64 MiB of trace. */
const LARGE = longProgram(2 ** 24)
const LEAVES = 2 ** LARGE.header.traceDepth

/** What the README shows of it. */
const SHOWN: Readonly<Record<string, string>> = {
  "dense, 784 terms: commit to the demand of a node": "commit to a demand or to evidence",
  "demand a node at height 16 of 65,536 leaves": "demand a node",
  "answer a node at height 9 of 65,536 leaves, 512 digests": "answer with 512 digests",
  "demand a chunk of 65,536 leaves": "demand a chunk",
  "answer a chunk of 65,536 leaves": "answer with 1 KiB",
  "answer a leaf by a descriptor of 23104 bytes": "say what a leaf is there for, by a step of 23 KB",
  "convict by a demand that was not answered": "convict by a demand that was not answered",
  settle: "settle a bond",
  "convolution, 72 terms: in all": "a whole dispute of a hidden trace: convolution, 72 terms",
  "dense, 784 terms: in all": "a whole dispute of a hidden trace: dense, 784 terms",
}

/** Bytes of the descriptor that explains a leaf of the trace. */
const sizeAt = (program: Program, leaf: number): number =>
  encodeStep(program.steps[stepAt(program, Space.Trace, leaf)!]).length

/** Whole disputes, measured. */
describe("The gas of a game", () => {
  let court: Court
  const table = new Map<string, bigint>()
  const book = (name: string, gas: bigint) => table.set(name, gas)

  before(async () => {
    court = await Court.open()
  })

  it("row 11: lets every answer about 64 MiB of trace cost what its bond pays for, and takes three", async () => {
    await court.register(LARGE)
    const [own, committed] = [longRun(LARGE), longRun(LARGE, [11_111_111])]
    const { receipt } = await court.attest(committed)
    const dispute = new Table(court, LARGE, receipt)
    const answers = answerer(committed)
    const { traceRoot } = commit(committed)
    const solver = new Solver(own)
    const questions: Question[] = []
    let move: Move
    for (
      move = solver.next(await dispute.read());
      "question" in move;
      move = solver.next(await dispute.read())
    ) {
      if (move.kind !== "demandNode" && move.kind !== "demandChunk") throw new Error(move.kind)
      const what = move.kind === "demandNode" ? `node at height ${move.question.height}` : "chunk"
      book(`demand a ${what} of 65,536 leaves`, (await dispute.demand(move)).gas)
      const { gas } = await dispute.answer(move.question, answers, traceRoot)
      expect(gas).to.be.at.most(ANSWER_GAS)
      const shows = move.kind === "demandNode" ? `, ${2 ** Math.min(9, move.question.height)} digests` : ""
      book(`answer a ${what} of 65,536 leaves${shows}`, gas)
      questions.push(move.question)
    }
    expect(questions.map(({ height }) => height)).to.deep.equal([16, 7, 0])
    if (move.kind !== "prove") throw new Error(move.kind)
    expect([move.step, move.element]).to.deep.equal([0, 11_111_111])
    book("convict by a copied element of 65,536 leaves", (await dispute.prove(own, move)).gas)
    book("settle", (await dispute.settle(questions[0])).gas)
  })

  it("lets the dearest answer cost what its bond pays for: 512 digests at the bottom", async () => {
    const run = longRun(LARGE)
    const { receipt } = await court.attest(run)
    const dispute = new Table(court, LARGE, receipt)
    for (const [height, index] of [
      [9, 127],
      [10, 0],
    ]) {
      const question = nodeQuestion(Space.Trace, height, index)
      await dispute.demand({ kind: "demandNode", question })
      const { gas } = await dispute.answer(question, answerer(run), commit(run).traceRoot)
      expect(gas).to.be.at.most(ANSWER_GAS)
      book(`answer a node at height ${height} of 65,536 leaves, 512 digests`, gas)
    }
    const last = LEAVES - 1
    const question = chunkQuestion(LARGE.steps[0].output, last)
    await dispute.demand({ kind: "demandChunk", question, step: 0, chunk: last })
    expect((await dispute.answer(question, answerer(run), commit(run).traceRoot)).gas).to.be.at.most(
      ANSWER_GAS,
    )
  })

  it("lets what a leaf is there for cost what its bond pays for: by long descriptors, and behind the last tensor", async () => {
    const names = Array.from({ length: 96 }, (_, i) => `x${i}`)
    const joined = (name: string, from: number) =>
      node("Concat", names.slice(from, from + 32), name, { axis: 1 })
    const links = Array.from({ length: 199 }, (_, i) => node("Sqrt", [`a${i}`], `a${i + 1}`))
    const graph = graphOf({
      inputs: Object.fromEntries(names.map((name) => [name, [2, 3]])),
      // Many operands and instructions in one step.
      nodes: [
        joined("a0", 0),
        ...links,
        joined("b", 32),
        joined("c", 64),
        node("Concat", ["a199", "b", "c"], "y", { axis: 1 }),
      ],
      outputs: ["y"],
    })
    const program = lower(graph)
    await court.register(program)
    const run = interpret(program, Object.fromEntries(names.map((name) => [name, new Float32Array(6)])))
    const dispute = new Table(court, program, (await court.attest(run)).receipt)
    const leaves = totalLeaves(program.traceTensors)
    for (const leaf of Array(2 ** program.header.traceDepth).keys()) {
      const question = nodeQuestion(Space.Trace, 0, leaf)
      await dispute.demand({ kind: "demandNode", question })
      const { gas } = await dispute.answer(question, answerer(run), commit(run).traceRoot)
      expect(gas).to.be.at.most(ANSWER_GAS)
      book(
        leaf < leaves
          ? `answer a leaf by a descriptor of ${sizeAt(program, leaf)} bytes`
          : "answer an absent leaf",
        gas,
      )
    }
  })

  it("lets the longest descriptor that leaves room for a proof cost no more than half as much again", async () => {
    const names = Array.from({ length: 11 }, (_, i) => `x${i}`)
    const rank = 14
    const ones = Array<number>(rank).fill(1)
    const links = Array.from({ length: 20 }, (_, i) => node("Sqrt", [`s${i + 10}`], `s${i + 11}`))
    const graph = graphOf({
      inputs: Object.fromEntries(names.map((name) => [name, ones])),
      constants: [
        tensorOf("pads", "int64", [2 * rank], BigInt64Array.from([...ones, ...ones.map(() => 0)], BigInt)),
      ],
      // One condition for each axis of each operand.
      nodes: [
        ...names.map((name, i) => node("Pad", [name, "pads"], i === 0 ? "s0" : `p${i}`)),
        ...names.slice(1).map((_, i) => node("Add", [`s${i}`, `p${i + 1}`], `s${i + 1}`)),
        ...links,
        node("Sqrt", ["s30"], "y"),
      ],
      outputs: ["y"],
    })
    const program = lower(graph)
    expect(program.steps).to.have.length(1)
    expect(encodeStep(program.steps[0]).length).to.be.above(110_000)
    requireProvable(program)
    await court.register(program)
    const run = interpret(program, Object.fromEntries(names.map((name) => [name, new Float32Array(1)])))
    const dispute = new Table(court, program, (await court.attest(run)).receipt)
    const question = nodeQuestion(Space.Output, 0, 0)
    await dispute.demand({ kind: "demandNode", question })
    const { gas } = await dispute.answer(question, answerer(run), commit(run).traceRoot)
    expect(gas).to.be.at.most((3n * ANSWER_GAS) / 2n)
  })

  it("lets a receipt without a trace be answered for as much", async () => {
    const run = longRun(LARGE)
    const { receipt } = await court.attest(run, { traceCommitment: ZeroHash })
    const dispute = new Table(court, LARGE, receipt)
    const question = nodeQuestion(Space.Trace, 16, 0)
    await dispute.demand({ kind: "demandNode", question })
    const { gas } = await dispute.answer(question, answerer(run), commit(run).traceRoot)
    expect(gas).to.be.at.most(ANSWER_GAS)
    book("answer the top of 65,536 leaves and post its root", gas)
  })

  for (const [name, step, element] of [
    ["convolution, 72 terms", 2, 1_000],
    ["dense, 784 terms", 4, 7],
  ] as const) {
    it(`is the sum of its parts for the digit model: ${name}`, async () => {
      const { connection, challenger, strangers } = court
      const snapshot = await connection.networkHelpers.takeSnapshot()
      const image = new Float32Array(784).fill(0.25)
      const own = interpret(DIGITS, { image })
      const committed = interpret(DIGITS, { image })
      bitsOf(committed, DIGITS.steps[step].output)[element] ^= 1 << 24
      const { receipt } = await court.attest(committed)
      const dispute = new Table(court, DIGITS, receipt)
      const answers = answerer(committed)
      const { traceRoot } = commit(committed)
      const solver = new Solver(own)
      const us = dispute.as(challenger)
      const self = await challenger.getAddress()
      let total = 0n
      const count = (what: string, gas: bigint) => {
        total += gas
        book(`${name}: ${what}`, gas)
      }
      for (;;) {
        const move = solver.next(await dispute.read())
        if (move.kind === "prove") {
          const evidence = provenEvidence(own, move)
          count("commit to the evidence", (await commitToEvidence(us, dispute.accused, self, evidence)).gas)
          count("convict", (await dispute.prove(own, move)).gas)
          break
        }
        if (move.kind !== "demandNode" && move.kind !== "demandChunk") throw new Error(move.kind)
        const { salt, gas } = await commitToQuestion(us, dispute.accused, self, move.question)
        count(`commit to the demand of a ${move.kind.slice(6).toLowerCase()}`, gas)
        count(
          `demand the ${move.kind.slice(6).toLowerCase()}`,
          (await dispute.demand(move, challenger, { salt })).gas,
        )
        const answer = await dispute.answer(move.question, answers, traceRoot)
        const { shown } = (await dispute.read()).asked.at(-1)!
        count(
          shown?.kind === "node" ? `answer, ${shown.descendants.length} digests` : "answer, 1 KiB",
          answer.gas,
        )
      }
      for (const { question, shown } of (await dispute.read()).asked)
        count(`settle after the ${shown?.kind}`, (await dispute.settle(question, strangers[0])).gas)
      book(`${name}: in all`, total)
      await snapshot.restore()
    })
  }

  it("is less when the provider is silent", async () => {
    const run = interpret(DIGITS, { image: new Float32Array(784) })
    const { receipt } = await court.attest(run)
    const dispute = new Table(court, DIGITS, receipt)
    const question = nodeQuestion(Space.Trace, DIGITS.header.traceDepth, 0)
    const us = dispute.as(court.challenger)
    const { salt } = await commitToQuestion(
      us,
      dispute.accused,
      await court.challenger.getAddress(),
      question,
    )
    await dispute.demand({ kind: "demandNode", question }, court.strangers[0])
    book("precede a copied demand", (await precede(us, dispute.accused, question, salt)).gas)
    await dispute.passDue(question)
    book("convict by a demand that was not answered", (await dispute.convictWithheld(question)).gas)
  })

  it("is what the README says, to one percent", () => {
    const shown = Object.entries(SHOWN).map(([measured, name]) => [name, Number(table.get(measured))])
    new ReadmeTable("disputes").check(Object.fromEntries(shown) as GasTable)
  })
})
