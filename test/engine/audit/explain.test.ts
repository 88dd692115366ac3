import { expect } from "chai"
import { explain } from "../../../src/engine/audit/explain.ts"
import { elementOf, firstFault } from "../../../src/engine/audit/find-fault.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import { widthOf } from "../../../src/protocol/program.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { expectRefusal } from "../onnx/models.ts"
import { inputsFor } from "../program/graphs.ts"
import { convGraph, flattenGemmGraph, gemmGraph, softmaxGraph } from "../program/random-graphs.ts"
import { network } from "../program/small-network.ts"
import { between, pick, tameWords } from "../program/words.ts"

const SEED = 0x6578706c

describe("an element that is explained", () => {
  it("comes out of the last operation as the run has it, whatever the step is", () => {
    for (let seed = SEED; seed < SEED + 20; seed++) {
      const random = seeded(seed)
      const words = tameWords(random)
      const make = pick(random, [() => network(), convGraph, gemmGraph, flattenGemmGraph, softmaxGraph])
      const graph = make(random, words)
      const run = interpret(lower(graph), inputsFor(graph, words))
      for (const [number, { output, epilogue, reduction }] of run.program.steps.entries()) {
        const element = between(random, 0, output.length - 1)
        const told = explain(run, number, element)
        const width = widthOf(output.type)
        const bits = `0x${elementOf(run, output, element)
          .toString(16)
          .padStart(2 * width, "0")}`
        expect(told.registers.at(-1)!.value.bits, `seed ${seed}, step ${number}`).to.equal(bits)
        expect(told.registers.length).to.equal(epilogue.length + 1)
        expect(told.terms).to.equal(reduction.reduce((all, size) => all * size, 1))
      }
    }
  })

  it("is no reason to accuse anybody if one's own run is not what the definition gives", () => {
    const graph = network()
    const inputs = inputsFor(graph, tameWords(seeded(3)))
    const flip = (wrong: number) => (step: number, bytes: Uint8Array) =>
      void (step === wrong && (bytes[2] ^= 64))
    const [right, early, late] = [undefined, flip(0), flip(1)].map((change) =>
      interpret(lower(graph), inputs, change),
    )
    expect(firstFault(right, right)).to.equal(undefined)
    expect(firstFault(early, right)).to.include({ step: 0, element: 0 })
    expect(firstFault(late, right)).to.include({ step: 1 })
    expectRefusal(() => firstFault(right, early), "ExecutorsDisagree", "step 0")
    expectRefusal(() => firstFault(late, early), "ExecutorsDisagree", "step 0")
  })
})
