import { expect } from "chai"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { Engine, type Trace } from "../../../src/engine/wasm/engine.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { randomNetwork } from "./random-network.ts"

const SEED = 0x6f6e7573
const NETWORKS = 12

/** Sides of matrices: steps that one thread does alone, and steps that threads share. */
const SIDES = [7, 72]

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

describe("Programs whose steps read each other's results", () => {
  for (const [trace, threads] of [
    ["none", 1],
    ["none", 3],
    ["kept", 2],
  ] as [Trace, number][]) {
    it(`come out the same with ${threads} threads and trace ${trace}, again and again`, async function () {
      this.timeout(0)
      for (let i = 0; i < NETWORKS; i++) {
        const seed = SEED + i * 7919
        const { program, inputs } = randomNetwork(seeded(seed), SIDES[i % 2], 24)
        const expected = interpret(program, inputs)
        const engine = await Engine.create(program, { threads })
        for (let run = 0; run < 3; run++) {
          const execution = await engine.run(inputs, trace)
          const tensors = program.outputs.map((port) => port.tensor)
          if (trace === "kept") tensors.push(...program.traceTensors)
          const wrong = tensors.filter((tensor) => !same(execution.bytes(tensor), expected.bytes(tensor)))
          expect(wrong, `tensors of the network of seed ${seed}, run ${run}`).to.deep.equal([])
        }
        await engine.close()
      }
    })
  }

  it("take less memory without a trace", async () => {
    const { program, inputs } = randomNetwork(seeded(SEED), 64, 60)
    const size = async (trace: Trace): Promise<number> => {
      const engine = await Engine.create(program)
      await engine.run(inputs, trace)
      await engine.close()
      return engine.memoryBytes
    }
    expect(await size("none")).to.be.below(0.6 * (await size("eager")))
  })
})
