import { expect } from "chai"
import { ZeroHash, hexlify, id } from "ethers"
import { answerer } from "../../src/engine/audit/game/answer.ts"
import { HiddenTree } from "../../src/engine/audit/game/hidden-tree.ts"
import {
  type Question,
  asksForChunk,
  chunkQuestion,
  nodeQuestion,
  questionId,
} from "../../src/engine/audit/game/question.ts"
import { type Asked, type Move, type Position, Solver } from "../../src/engine/audit/game/solve.ts"
import type { Execution } from "../../src/engine/executor.ts"
import { sealProgram } from "../../src/engine/program/seal.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import { Space } from "../../src/protocol/program.ts"
import type { Receipt } from "../../src/protocol/receipt.ts"
import { leafDigest, nodeDigest } from "../../src/protocol/tensor-tree.ts"
import { treeOf } from "../../src/protocol/tree-builder.ts"
import { traceCommitment } from "../../src/protocol/trace.ts"
import { between, pick } from "../engine/program/words.ts"
import { randomNetwork } from "../engine/wasm/random-network.ts"
import { seeded } from "../referee/float32-cases.ts"
import { expectError } from "../sdk/expect-error.ts"
import { REGISTRY, receiptWith } from "../sdk/samples.ts"
import { answerRun, longProgram, longRun } from "./long-trace.ts"

/** 4 MiB of trace: more than 9 levels. */
const PROGRAM = longProgram(2 ** 20)
const { traceDepth } = PROGRAM.header
const OWN = longRun(PROGRAM)
const solver = new Solver(OWN)

/** A position before anybody has asked. */
function opening(run: Execution, changes: Partial<Receipt> = {}): Position {
  const { inputRoot, outputRoot, traceRoot } = commit(run)
  const base = receiptWith({
    modelId: run.program.modelId,
    inputCommitment: inputRoot,
    outputCommitment: outputRoot,
  })
  const receipt = { ...base, traceCommitment: traceCommitment(REGISTRY, base, traceRoot), ...changes }
  return { registry: REGISTRY, receipt, asked: [], time: 1_000n, block: 10n }
}

const asked = (question: Question, shown?: Asked["shown"]): Asked => ({
  question,
  shown,
  due: 2_000n,
  dueBlock: 20n,
})

/** Has a provider answer everything until the challenger needs nothing more. */
function playOut(
  run: Execution,
  start: Position,
  challenger: Solver = solver,
): { move: Move; asked: Question[] } {
  const answers = answerer(run)
  let position = start
  const questions: Question[] = []
  for (;;) {
    const move = challenger.next(position)
    if (move.kind !== "demandNode" && move.kind !== "demandChunk") return { move, asked: questions }
    questions.push(move.question)
    position = { ...position, asked: [...position.asked, asked(move.question, answers(move.question))] }
  }
}

/** The element that a move is about, whose openings must lead to the provider's root. */
function provenBy(move: Move, run: Execution): number {
  if (move.kind !== "prove") throw new Error(`The move is ${move.kind}`)
  const tensor = run.program.steps[move.step].output
  const { path, data } = move.commitment.open(tensor, Math.floor(move.element / 256))
  let digest = leafDigest({
    kind: tensor.space,
    tensorId: tensor.id,
    chunk: Math.floor(move.element / 256),
    data,
  })
  path.forEach((sibling, level) => {
    const isRight = (Math.floor(move.element / 256) >> level) & 1
    digest = isRight ? nodeDigest(sibling, digest) : nodeDigest(digest, sibling)
  })
  const { traceRoot, outputRoot } = commit(run)
  expect(hexlify(digest)).to.equal(tensor.space === Space.Trace ? traceRoot : outputRoot)
  expect(move.commitment.traceRoot).to.equal(traceRoot)
  return move.element
}

describe("The solver", () => {
  const random = seeded(0x736f6c76)

  it("finds the first wrong element by two nodes and a chunk, wherever it is", () => {
    for (const wrong of [0, 255, 256, 2 ** 19 - 1, 2 ** 19, 2 ** 20 - 1, between(random, 0, 2 ** 20 - 1)]) {
      const run = longRun(PROGRAM, [wrong, wrong + 1, 2 ** 20 - 1])
      const { move, asked: questions } = playOut(run, opening(run))
      expect(questions.map(({ height }) => height)).to.deep.equal([traceDepth, traceDepth - 9, 0])
      expect(provenBy(move, run)).to.equal(wrong)
    }
  })

  it("takes whatever others have asked for, and asks for less then", () => {
    let saved = 0
    for (let round = 0; round < 40; round++) {
      const wrong = between(random, 0, 2 ** 20 - 1)
      const run = longRun(PROGRAM, [wrong, between(random, wrong, 2 ** 20 - 1)])
      const answers = answerer(run)
      const leaf = Math.floor(wrong / 256)
      // Near the lie and anywhere, of any height, in any order.
      const others = Array.from({ length: between(random, 1, 8) }, () => {
        const position = pick(random, [leaf, leaf ^ 1, between(random, 0, 2 ** traceDepth - 1)])
        const height = between(random, 0, traceDepth)
        return height === 0 && between(random, 0, 1) === 0
          ? chunkQuestion(PROGRAM.steps[0].output, position)
          : nodeQuestion(Space.Trace, height, Math.floor(position / 2 ** height))
      })
      const known = new Map(others.map((question) => [questionId(question), question]))
      const before = [...known.values()].map((question) => asked(question, answers(question)))
      const start = opening(run)
      const { move, asked: questions } = playOut(run, { ...start, asked: before })
      expect(provenBy(move, run)).to.equal(wrong)
      expect(questions.length).to.be.at.most(3)
      for (const question of questions) expect(known.has(questionId(question))).to.equal(false)
      saved += 3 - questions.length
    }
    expect(saved).to.be.above(20)
  })

  it("depends on nothing but the position", () => {
    const run = longRun(PROGRAM, [1_000])
    const start = opening(run)
    const copy = structuredClone(start)
    expect(solver.next(start)).to.deep.equal(solver.next(copy))
    expect(start).to.deep.equal(copy)
  })

  it("waits for what it needs, whoever has asked for it, and convicts when it is overdue", () => {
    const position = opening(longRun(PROGRAM, [1_000]))
    const question = nodeQuestion(Space.Trace, traceDepth, 0)
    const pending = { ...position, asked: [asked(question)] }
    const wait = { kind: "wait", question, due: 2_000n, dueBlock: 20n }
    expect(solver.next(pending)).to.deep.equal(wait)
    expect(solver.next({ ...pending, time: 2_000n, block: 20n })).to.deep.equal(wait)
    expect(solver.next({ ...pending, time: 2_001n, block: 19n })).to.deep.equal(wait)
    const withheld = { kind: "withheld", question }
    expect(solver.next({ ...pending, time: 2_001n, block: 20n })).to.deep.equal(withheld)
  })

  it("does not wait for what it does not need", () => {
    const position = opening(longRun(PROGRAM, [1_000]))
    const other = nodeQuestion(Space.Trace, 1, 77)
    expect(solver.next({ ...position, asked: [asked(other)] }).kind).to.equal("demandNode")
  })

  it("agrees with who is right, committed to a trace or not", () => {
    expect(solver.next(opening(OWN))).to.deep.equal({ kind: "agreement" })
    expect(solver.next(opening(OWN, { traceCommitment: ZeroHash }))).to.deep.equal({ kind: "agreement" })
    const { traceRoot: postedRoot } = commit(OWN)
    const posted = { ...opening(OWN, { traceCommitment: ZeroHash }), postedRoot }
    expect(solver.next(posted)).to.deep.equal({ kind: "agreement" })
  })

  it("asks who committed to no trace for the top of it first, and only if the answer is wrong", () => {
    const lazy = { traceCommitment: ZeroHash, outputCommitment: id("another answer") }
    const move = solver.next(opening(OWN, lazy))
    expect(move).to.deep.equal({ kind: "demandNode", question: nodeQuestion(Space.Trace, traceDepth, 0) })
  })

  it("asks what a leaf behind the last tensor is there for, and convicts when nobody says", () => {
    const odd = longProgram(256 * 3)
    const own = longRun(odd)
    const data = (chunk: number) => own.bytes(odd.traceTensors[0]).subarray(1024 * chunk, 1024 * (chunk + 1))
    const leaf = (chunk: number) => ({ kind: Space.Trace, tensorId: 0, chunk, data: data(chunk % 3) })
    const tree = treeOf([0, 1, 2, 3].map(leaf))
    const start = opening(own)
    const { receipt } = start
    const position = {
      ...start,
      receipt: { ...receipt, traceCommitment: traceCommitment(REGISTRY, receipt, hexlify(tree.root)) },
    }
    const question = nodeQuestion(Space.Trace, 2, 0)
    const challenger = new Solver(own)
    expect(challenger.next(position)).to.deep.equal({ kind: "demandNode", question })
    const descendants = [0, 1, 2, 3].map((index) => tree.node(0, index))
    const after = { ...position, asked: [asked(question, { kind: "node", descendants })] }
    const leaf3 = nodeQuestion(Space.Trace, 0, 3)
    expect(challenger.next(after)).to.deep.equal({ kind: "demandNode", question: leaf3 })
    const late = { ...after, asked: [...after.asked, asked(leaf3)], time: 2_001n, block: 20n }
    expect(challenger.next(late)).to.deep.equal({ kind: "withheld", question: leaf3 })
  })

  it("asks of a tree of one leaf for its chunk, or what it is there for if no step makes one", () => {
    const short = longProgram(256)
    const start = opening(longRun(short), {
      traceCommitment: ZeroHash,
      outputCommitment: id("another answer"),
    })
    const chunk = {
      kind: "demandChunk",
      question: chunkQuestion(short.traceTensors[0], 0),
      step: 0,
      chunk: 0,
    }
    expect(new Solver(longRun(short)).next(start)).to.deep.equal(chunk)

    const leaf = { kind: "demandNode", question: nodeQuestion(Space.Trace, 0, 0) }
    const own = answerRun(1)
    const challenger = new Solver(own)
    expect(challenger.next(opening(own, { traceCommitment: id("no root") }))).to.deep.equal(leaf)
    const liar = answerRun(2)
    const { move, asked: questions } = playOut(liar, opening(liar), challenger)
    expect(questions).to.have.length(1)
    expect(move.kind).to.equal("prove")
  })

  it("goes by the order of the steps, not of the trees: a trace may follow from a wrong output", () => {
    let found = 0
    for (let seed = 0; found < 10; seed++) {
      const drawn = randomNetwork(seeded(seed), 10, 6)
      const program = sealProgram(drawn.program)
      const { steps } = program
      const early = steps.findIndex(({ output }, number) => {
        const readers = steps
          .slice(number)
          .filter(({ operands }) => operands.some(({ tensor }) => tensor === output))
        return output.space === Space.Output && readers.some((step) => step.output.space === Space.Trace)
      })
      if (early === -1) continue
      found++
      const own = interpret(program, drawn.inputs)
      const run = interpret(program, drawn.inputs, (number, bytes) => {
        if (number === early) new Uint32Array(bytes.buffer)[7] ^= 1 << 22
      })
      const { move } = playOut(run, opening(run), new Solver(own))
      if (move.kind !== "prove") throw new Error(move.kind)
      expect([move.step, move.element]).to.deep.equal([early, 7])
    }
  })

  it("plays only about what it has run itself", async () => {
    const position = opening(OWN)
    const { receipt } = position
    const about = (changes: Partial<Receipt>) => () =>
      solver.next({ ...position, receipt: { ...receipt, ...changes } })
    await expectError("ModelMismatch", about({ modelId: id("another model") }))
    await expectError("CommitmentMismatch", about({ inputCommitment: id("another input") }))
  })

  it("does not accuse when its own run is wrong", () => {
    const right = longRun(PROGRAM)
    const wrong = new Solver(longRun(PROGRAM, [5]))
    expect(() => playOut(right, opening(right), wrong)).to.throw("disagree on element 5 of step 0")
  })

  it("asks for nodes and chunks by names that differ", () => {
    const chunk = chunkQuestion(PROGRAM.steps[0].output, 3)
    expect([asksForChunk(chunk), asksForChunk(nodeQuestion(Space.Trace, 0, 3))]).to.deep.equal([true, false])
    expect(questionId(chunk)).not.to.equal(questionId(nodeQuestion(Space.Trace, 0, 3)))
  })

  it("opens nothing of which too little was revealed", async () => {
    const run = longRun(PROGRAM, [0])
    const tree = new HiddenTree(smallTree(run))
    await expectError("NodeHidden", () => tree.path(0))
    await expectError("NodeHidden", () => tree.root)
  })
})

const smallTree = (run: Execution) =>
  treeOf(
    Array.from({ length: 4 }, (_, chunk) => ({
      kind: Space.Trace,
      tensorId: 0,
      chunk,
      data: run.bytes(run.program.traceTensors[0]).subarray(0, 1024),
    })),
  )
