import { expect } from "chai"
import type { Execution, Inputs } from "../../src/engine/executor.ts"
import { elementsOf } from "../../src/engine/onnx/elements.ts"
import { lowerWith } from "../../src/engine/program/freeze.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { isOnusError } from "../../src/protocol/errors.ts"
import { Body, Op, Space, type Step } from "../../src/protocol/program.ts"
import { caseNames, readCase } from "../conformance/suite.ts"
import { inputsFor } from "../engine/program/graphs.ts"
import * as make from "../engine/program/random-graphs.ts"
import { between, hostileWords, pick } from "../engine/program/words.ts"
import { cases } from "../long/campaign.ts"
import { type Random, seeded } from "./float32-cases.ts"
import { together } from "../helpers/call-batch.ts"
import { Comparison } from "./judge.ts"

const SEED = 0x6f6e7573
/** Elements of every kind of step. */
const COUNT = cases({ long: 20_000, short: 1_000 })
/** Elements of one step of one graph. */
const PER_STEP = cases({ long: 100, short: 30 })
const NAN = "0x0000c07f"

/** A kind of step, and the graphs that have it. */
interface Kind {
  readonly graphs: readonly make.MakeGraph[]
  readonly isOne: (step: Step) => boolean
}

const isDot = (step: Step): boolean => step.body === Body.Dot
const isFold = (op: Op) => (step: Step) => step.body === Body.Fold && step.mode === op
/** A Read with the operation in its epilogue. */
const computes = (op: Op) => (step: Step) =>
  step.body === Body.Read && step.epilogue.some((instruction) => instruction.op === op)
const isMove = (step: Step): boolean => step.body === Body.Read && step.epilogue.length === 0

const KINDS: Readonly<Record<string, Kind>> = {
  Conv: { graphs: [make.convGraph, make.stackedConvGraph], isOne: isDot },
  Gemm: { graphs: [make.gemmGraph], isOne: isDot },
  "Gemm of a flattened value": {
    graphs: [make.flattenGemmGraph],
    isOne: (step) => isDot(step) && step.operands[0].tensor.space === Space.Trace,
  },
  MaxPool: { graphs: [make.maxPoolGraph], isOne: isFold(Op.Max) },
  Relu: { graphs: [make.reluGraph], isOne: computes(Op.Max) },
  "Softmax, maximum": { graphs: [make.softmaxGraph], isOne: isFold(Op.Max) },
  "Softmax, exponential": { graphs: [make.softmaxGraph], isOne: computes(Op.Exp) },
  "Softmax, sum": { graphs: [make.softmaxGraph], isOne: isFold(Op.Add) },
  "Softmax, quotient": { graphs: [make.softmaxGraph], isOne: computes(Op.Div) },
  "moved values": { graphs: [make.copyGraph, make.convGraph], isOne: isMove },
}

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

describe("Referee on lowered graphs", () => {
  const { test } = together("RefereeHarness")

  for (const [at, [name, kind]] of Object.entries(KINDS).entries()) {
    test(
      `has the reference's bits for ${COUNT} elements: ${name}`,
      (batch) => {
        const random = seeded(SEED + at)
        const asked: Comparison[] = []
        for (let [graphs, count] = [0, 0]; count < COUNT; graphs++) {
          expect(graphs, "lowering has no such step any more").to.be.below(COUNT)
          const graph = pick(random, kind.graphs)(random, hostileWords(random))
          const run = interpret(lower(graph), inputsFor(graph, hostileWords(random)))
          for (const step of run.program.steps.filter(kind.isOne)) {
            const chosen = sample(random, step.output.length, PER_STEP)
            asked.push(new Comparison(batch, step, chosen, (tensor) => run.bytes(tensor)))
            count += chosen.length
          }
        }
        return asked
      },
      async (asked) => {
        for (const comparison of asked) await comparison.expectSame()
        const results = asked.flatMap(({ right }) => right)
        const nans = results.filter((bytes) => bytes === NAN).length / results.length
        console.log(`        ${results.length} elements, ${(100 * nans).toFixed(0)} % NaN`)
        expect(nans).to.be.below(0.5)
      },
    )
  }

  const names = caseNames()
  if (names.length === 0) return
  test(
    "has the reference's bits for an element of every step of ONNX's node tests",
    (batch) => {
      const random = seeded(SEED + 100)
      return names.flatMap((name) => {
        const run = runOf(name)
        return (run?.program.steps ?? []).map((step) => ({
          name,
          comparison: new Comparison(batch, step, [random() % step.output.length], (one) => run!.bytes(one)),
        }))
      })
    },
    async (asked) => {
      for (const { name, comparison } of asked) await comparison.expectSame(name)
      console.log(`        ${asked.length} steps of ${names.length} models`)
      expect(asked).to.have.length.above(names.length)
    },
  )
})

/** A run of a node test; `undefined` if the model is refused. */
function runOf(name: string): Execution | undefined {
  const { graph, inputs } = readCase(name)
  const given = new Map(graph.inputs.map((input, i) => [input.name, inputs[i]]))
  try {
    const { program } = lowerWith(graph, given)
    const values = program.inputs.map((port) => [port.name, elementsOf(given.get(port.name)!)] as const)
    return interpret(program, Object.fromEntries(values) as Inputs)
  } catch (error) {
    if (isOnusError(error)) return undefined
    throw error
  }
}
