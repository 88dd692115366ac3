import { expect } from "chai"
import { engine } from "../../../src/engine/engine.ts"
import type { Executor } from "../../../src/engine/executor.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { Engine } from "../../../src/engine/wasm/engine.ts"
import { bytesStages } from "../../../src/engine/wasm/bytes-stage.ts"
import { roomFor } from "../../../src/engine/wasm/buffer.ts"
import { OnusError } from "../../../src/protocol/errors.ts"
import { type Access, Body, ElementType, Op, Space, type Step } from "../../../src/protocol/program.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { instruction } from "../reference/steps.ts"
import { randomNetwork } from "./random-network.ts"
import { programOf } from "./run-steps.ts"

const { Float32, Int8, Int32 } = ElementType

const access = (type: ElementType, id: number, length: number, strides: readonly number[]): Access => ({
  tensor: { space: Space.Input, type, id, firstLeaf: 0, length },
  base: 0,
  strides,
  guards: [],
  lookups: [],
})

/** A step of `length` elements as a program, with inputs that are 0. */
function program(type: ElementType, length: number, step: Pick<Step, "body" | "operands"> & Partial<Step>) {
  const output = { space: Space.Output, type, id: 0, firstLeaf: 0, length }
  const inputs = step.operands.map(
    ({ tensor }) => new Uint8Array(tensor.length * (tensor.type === Int8 ? 1 : 4)),
  )
  const whole = { output, domain: [length], reduction: [], mode: 1, epilogue: [], ...step }
  return programOf([{ step: whole, inputs }])
}

/** The code of the error that an action ends with. */
const codeOf = (action: Promise<unknown>): Promise<unknown> =>
  action.then(
    () => "none",
    (error: { code?: string }) => error.code,
  )

describe("The engine refuses programs whose accesses leave their tensors", () => {
  const codeOfRun = async ({ program, inputs }: ReturnType<typeof programOf>, threads = 1) => {
    const engine = await Engine.create(program, { threads })
    const code = await codeOf(engine.run(inputs))
    await engine.close()
    return code
  }

  it("whichever thread meets them", async () => {
    const length = 200_000
    const short = access(Float32, 0, length - 8, [1])
    const epilogue = [instruction(Op.Exp, Float32)]
    const made = program(Float32, length, { body: Body.Read, operands: [short], epilogue })
    const engine = await Engine.create(made.program, { threads: 2 })
    for (let run = 0; run < 200; run++)
      expect(await codeOf(engine.run(made.inputs))).to.equal("ProgramInvalid")
    await engine.close()
  })

  it("in zero points", async () => {
    const zero = { ...access(Int8, 2, 1, [0, 0]), base: 3 }
    const operands = [access(Int8, 0, 80, [10, 1]), access(Int8, 1, 10, [0, 1])]
    for (const zeros of [
      [zero, access(Int8, 3, 1, [0, 0])],
      [access(Int8, 2, 1, [0, 0]), { ...zero, tensor: { ...zero.tensor, id: 3, space: Space.Weights } }],
    ]) {
      const step = { body: Body.Dot, mode: 0, reduction: [10], operands: [...operands, ...zeros] }
      expect(await codeOfRun(program(Int32, 8, step))).to.equal("ProgramInvalid")
    }
  })

  it("by more than addresses can tell", async () => {
    const far = { ...access(Float32, 0, 64, [1]), base: 2 ** 30 }
    const made = program(Float32, 64, {
      body: Body.Read,
      operands: [far],
      epilogue: [instruction(Op.Exp, Float32)],
    })
    expect(await codeOfRun(made)).to.equal("ProgramUnsupported")
  })
})

describe("Products of 8 bits", () => {
  it("are left to their kernel where zero points are plain", () => {
    const zeros = [2, 3].map((id) => access(Int8, id, 1, [0, 0, 0]))
    const [, right] = zeros
    const constant = { ...right, tensor: { ...right.tensor, space: Space.Weights } }
    const operands = [access(Int8, 0, 800, [10, 0, 1]), access(Int8, 1, 90, [0, 10, 1]), zeros[0], constant]
    const output = { space: Space.Output, type: Int32, id: 0, firstLeaf: 0, length: 720 }
    const step: Step = {
      output,
      domain: [80, 9],
      reduction: [10],
      body: Body.Dot,
      mode: 0,
      operands,
      epilogue: [],
    }
    expect(bytesStages(step, 1)).to.have.length.above(1)
  })
})

describe("An engine", () => {
  const { program, inputs } = randomNetwork(seeded(0x6f6e7573), 16, 6)
  const [{ tensor }] = program.outputs
  const expected = interpret(program, inputs).bytes(tensor)

  for (const threads of [1, 2]) {
    it(`with ${threads} threads finishes what was asked for before it is closed, and refuses what comes later`, async () => {
      const engine = await Engine.create(program, { threads })
      const before = [engine.run(inputs), engine.run(inputs, "kept")]
      const closing = engine.close()
      expect(await codeOf(engine.run(inputs))).to.equal("EngineClosed")
      for (const run of before) expect(Buffer.compare((await run).bytes(tensor), expected)).to.equal(0)
      await closing
      expect(await codeOf(engine.run(inputs))).to.equal("EngineClosed")
    })
  }

  it("goes on after a run that was refused", async () => {
    const engine = await Engine.create(program, { threads: 2 })
    const runs = [engine.run({ ...inputs, other: new Float32Array(1) }, "eager"), engine.run(inputs, "eager")]
    expect(await codeOf(runs[0])).to.equal("InputUnknown")
    expect(Buffer.compare((await runs[1]).bytes(tensor), expected)).to.equal(0)
    await engine.close()
  })

  it("computes with one thread if the number of threads is none", async () => {
    for (const threads of [NaN, 0, -3, 0.5]) {
      const engine = await Engine.create(program, { threads })
      expect(Buffer.compare((await engine.run(inputs)).bytes(tensor), expected)).to.equal(0)
      await engine.close()
    }
  })

  it("has room for tensors of more than 2 GiB", () => {
    expect(roomFor(2 ** 31)).to.be.within(2 ** 31, 2 ** 31 + 128)
  })
})

describe("The executor of programs on WebAssembly", () => {
  const networks = [1, 2].map((seed) => randomNetwork(seeded(seed), 9, 4))
  const run = async (executor: Executor, { program, inputs }: (typeof networks)[0]) => {
    const [{ tensor }] = program.outputs
    const bytes = (await executor.run(program, inputs)).bytes(tensor)
    expect(Buffer.compare(bytes, interpret(program, inputs).bytes(tensor))).to.equal(0)
  }

  it("finishes runs of programs that take turns, asked for at once", async () => {
    const executor = engine({ threads: 2 })
    await Promise.all([0, 0, 1, 0, 1, 1].map((i) => run(executor, networks[i])))
  })

  it("loads a program anew after it could not be loaded", async () => {
    const executor = engine()
    const create = Engine.create.bind(Engine)
    Engine.create = () => Promise.reject(new OnusError("EngineMemoryExceeded", "no memory now"))
    const code = await codeOf(run(executor, networks[0])).finally(() => (Engine.create = create))
    expect(code).to.equal("EngineMemoryExceeded")
    await run(executor, networks[0])
  })
})
