import { expect } from "chai"
import { concat, getBytes } from "ethers"
import { network } from "hardhat"
import type { Execution } from "../../src/engine/executor.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { CANONICAL_NAN } from "../../src/engine/reference/scalar.ts"
import { littleEndian } from "../../src/engine/trace/commitment.ts"
import { Body, Space, type Step, encodeStep } from "../../src/protocol/program.ts"
import type { RefereeHarness } from "../../types/contracts/index.js"
import { constant, graphOf, inputsFor, node } from "../engine/program/graphs.ts"
import * as make from "../engine/program/random-graphs.ts"
import { between, hostileWords, pick } from "../engine/program/words.ts"
import { type Random, seeded } from "./float32-cases.ts"

const SEED = 0x6f6e7573
/** Elements of every kind of step. */
const COUNT = 20_000
/** Elements of one step of one graph. */
const PER_STEP = 250
/** Short calls are several times faster than long ones, whose memory the simulated chain copies. */
const TERMS_PER_CALL = 120

/** A kind of step, and the graphs that have it. */
interface Kind {
  readonly graphs: readonly make.MakeGraph[]
  readonly isOne: (step: Step) => boolean
}

const isDot = (step: Step): boolean => step.body === Body.Dot
const isMax = (step: Step): boolean => step.body === Body.Max
const isEmpty = (step: Step): boolean => step.body === Body.Read && step.epilogue.length === 0

const KINDS: Readonly<Record<string, Kind>> = {
  Conv: { graphs: [make.convGraph, make.stackedConvGraph], isOne: isDot },
  Gemm: { graphs: [make.gemmGraph], isOne: isDot },
  "Gemm of a flattened value": {
    graphs: [make.flattenGemmGraph],
    isOne: (step) => isDot(step) && step.operands[0].tensor.space === Space.Trace,
  },
  MaxPool: { graphs: [make.maxPoolGraph], isOne: isMax },
  Relu: { graphs: [make.reluGraph], isOne: (step) => step.body === Body.Read && step.epilogue.length === 1 },
  "Softmax, maximum": { graphs: [make.softmaxGraph], isOne: isMax },
  "Softmax, exponential": {
    graphs: [make.softmaxGraph],
    isOne: (step) => step.body === Body.Read && step.epilogue.length === 2,
  },
  "Softmax, sum": { graphs: [make.softmaxGraph], isOne: (step) => step.body === Body.Sum },
  "Softmax, quotient": {
    graphs: [make.softmaxGraph],
    isOne: (step) => step.body === Body.Read && step.output.space === Space.Output,
  },
  "moved values": { graphs: [make.copyGraph, make.convGraph], isOne: isEmpty },
}

const termsOf = ({ reduction }: Step): number => reduction.reduce((all, size) => all * size, 1)

const hex = (bits: number): string => `0x${bits.toString(16).padStart(8, "0")}`

/** Up to `count` different elements of a step. */
function sample(random: Random, length: number, count: number): number[] {
  const all = Array.from({ length }, (_, i) => i)
  if (length <= count) return all
  for (let i = 0; i < count; i++) {
    const other = between(random, i, length - 1)
    ;[all[i], all[other]] = [all[other], all[i]]
  }
  return all.slice(0, count)
}

describe("Referee", () => {
  let harness: RefereeHarness

  before(async () => {
    const { ethers } = await network.create()
    harness = await ethers.deployContract("RefereeHarness")
  })

  /** The referee's bit patterns of some elements of a run. */
  async function judge(run: Execution, step: Step, elements: readonly number[]): Promise<Uint32Array> {
    const tensors = step.operands.map(({ tensor }) => littleEndian(run.bits(tensor)))
    const size = Math.ceil(TERMS_PER_CALL / (termsOf(step) + 4))
    const parts: string[] = []
    for (let i = 0; i < elements.length; i += size) {
      parts.push(await harness.evaluate(encodeStep(step), elements.slice(i, i + size), tensors))
    }
    return new Uint32Array(getBytes(concat(parts)).buffer)
  }

  /** Fails with the first elements in which referee and interpreter differ; returns the right bits. */
  async function expectSameBits(run: Execution, step: Step, elements: readonly number[]): Promise<number[]> {
    const results = await judge(run, step, elements)
    const right = elements.map((element) => run.bits(step.output)[element])
    const wrong = elements.flatMap((element, i) =>
      results[i] === right[i] ? [] : [`element ${element}: ${hex(results[i])}, not ${hex(right[i])}`],
    )
    expect(wrong.slice(0, 5), JSON.stringify(step)).to.deep.equal([])
    expect(results.length).to.equal(elements.length)
    return right
  }

  for (const [name, kind] of Object.entries(KINDS)) {
    it(`has the interpreter's bits for ${COUNT} elements: ${name}`, async () => {
      const random = seeded(SEED + Object.keys(KINDS).indexOf(name))
      let [elements, nans, graphs] = [0, 0, 0]
      for (; elements < COUNT; graphs++) {
        const graph = pick(random, kind.graphs)(random, hostileWords(random))
        const program = lower(graph)
        const run = interpret(program, inputsFor(graph, hostileWords(random)))
        for (const step of program.steps.filter(kind.isOne)) {
          const chosen = sample(random, step.output.length, PER_STEP)
          const bits = await expectSameBits(run, step, chosen)
          elements += bits.length
          nans += bits.filter((word) => word === CANONICAL_NAN).length
        }
      }
      console.log(
        `        ${elements} elements of ${graphs} graphs, ${((100 * nans) / elements).toFixed(0)} % NaN`,
      )
      expect(nans / elements).to.be.below(0.5)
    })
  }

  describe("with a thousand terms", () => {
    const DEPTH = 1000

    for (const round of [0, 1, 2]) {
      it(`has the interpreter's bits for a dot product, round ${round + 1}`, async () => {
        const random = seeded(SEED + 100 + round)
        const words = round === 0 ? hostileWords(random) : () => tameWord(random)
        const weights = constant("B", [DEPTH, 4], Uint32Array.from({ length: 4 * DEPTH }, words))
        const nodes = [node("Gemm", ["x", "B"], "y")]
        const graph = graphOf({ inputs: { x: [3, DEPTH] }, constants: [weights], nodes, outputs: ["y"] })
        const program = lower(graph)
        const run = interpret(program, inputsFor(graph, words))
        await expectSameBits(run, program.steps[0], [0, 5, 11])
      })
    }

    it("has the interpreter's bits for a convolution, a maximum and a sum, and reports gas", async () => {
      const random = seeded(SEED + 200)
      const words = () => tameWord(random)
      const weights = constant("w", [2, 111, 3, 3], Uint32Array.from({ length: 2 * 999 }, words))
      const wide = node("Softmax", ["s"], "t")
      const graph = graphOf({
        inputs: { x: [1, 111, 4, 4], s: [2, DEPTH] },
        constants: [weights],
        nodes: [node("Conv", ["x", "w"], "y", { pads: [1, 1, 1, 1] }), wide],
        outputs: ["y", "t"],
      })
      const program = lower(graph)
      const run = interpret(program, inputsFor(graph, words))
      const rows: Record<string, number> = {}
      for (const step of program.steps.filter(({ reduction }) => reduction.length > 0)) {
        await expectSameBits(run, step, sample(random, step.output.length, 6))
        const tensors = step.operands.map(({ tensor }) => littleEndian(run.bits(tensor)))
        const middle = step.output.length >> 1
        const { used } = await harness.measure(encodeStep(step), middle, tensors)
        rows[`${Object.keys(Body)[step.body]} of ${termsOf(step)} terms`] = Number(used)
      }
      console.table(rows)
    })
  })
})

/** A number of magnitude 1/16 to 16. */
const tameWord = (random: Random): number =>
  ((random() & 0x80000000) | (between(random, 123, 130) << 23) | (random() & 0x7fffff)) >>> 0
