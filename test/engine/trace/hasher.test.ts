import { expect } from "chai"
import type { Execution } from "../../../src/engine/executor.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import type { Program } from "../../../src/engine/program/program.ts"
import { commit, tensorsOf } from "../../../src/engine/trace/commitment.ts"
import { TraceHasher } from "../../../src/engine/trace/hasher.ts"
import { isOnusError } from "../../../src/protocol/errors.ts"
import { Space } from "../../../src/protocol/program.ts"
import { network } from "../program/small-network.ts"
import { SharedRun, manyTensors } from "./shared-run.ts"

/** Everything that a run commits to: its roots, and an opening of every tensor. */
function commitmentOf(run: Execution) {
  const commitment = commit(run)
  const { inputRoot, traceRoot, outputRoot } = commitment
  const tensors = Object.values(Space).flatMap((space) => tensorsOf(run.program, space))
  return { inputRoot, traceRoot, outputRoot, openings: tensors.map((tensor) => commitment.open(tensor, 0)) }
}

/** The code of the error that a promise fails with. */
async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isOnusError(error)) throw new Error(`expected an OnusError, got ${error}`)
  return error.code
}

const milliseconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count))

describe("hashing threads", () => {
  let programs: readonly Program[]
  let hashers: readonly TraceHasher[]

  before(async () => {
    programs = [manyTensors(), lower(network())]
    hashers = (await Promise.all([0, 1, 3].map((helpers) => TraceHasher.start(helpers)))) as TraceHasher[]
  })

  after(() => Promise.all(hashers.map((hasher) => hasher.close())))

  it("make the same trees while a run goes on as are made afterwards", async () => {
    for (const hasher of hashers) {
      for (const [seed, program] of [...programs, ...programs].entries()) {
        const run = new SharedRun(program, seed + 1)
        const pending = hasher.follow(run.source)
        for (let done = -program.inputs.length; done < program.steps.length; done++) {
          run.proceed(done)
          if (done % 3 === 0) await milliseconds(2)
        }
        run.proceed()
        expect(commitmentOf(run.hashed(await pending.finish()))).to.deep.equal(commitmentOf(run.execution))
      }
    }
  })

  it("share what is left at the end of a run", async () => {
    for (const hasher of hashers) {
      for (let seed = 1; seed <= 20; seed++) {
        const run = new SharedRun(programs[seed % 2], seed)
        const pending = hasher.follow(run.source)
        run.proceed()
        expect(commitmentOf(run.hashed(await pending.finish()))).to.deep.equal(commitmentOf(run.execution))
      }
    }
  })

  it("let go of a run that is given up, and go on with the next", async () => {
    for (const hasher of hashers) {
      const [failing, next] = programs.map((program) => new SharedRun(program, 9))
      const abandoned = hasher.follow(failing.source)
      failing.proceed(1)
      await abandoned.abandon()
      const pending = hasher.follow(next.source)
      next.proceed()
      expect(commitmentOf(next.hashed(await pending.finish()))).to.deep.equal(commitmentOf(next.execution))
    }
  })

  it("miss the leaves of steps that were not done", async () => {
    const run = new SharedRun(programs[0], 3)
    const pending = hashers[1].follow(run.source)
    run.proceed(1)
    const hashed = pending.finish()
    expect(await failureOf(hashed)).to.equal("LeafMissing")
  })

  it("that are closed fail the runs that they follow, and those that come later", async () => {
    const closing = (await TraceHasher.start(1))!
    const [first, second] = [1, 2].map((seed) => new SharedRun(programs[0], seed))
    const pending = closing.follow(first.source)
    await closing.close()
    expect(await failureOf(pending.finish())).to.equal("TraceThreadFailed")
    expect(await failureOf(closing.follow(second.source).finish())).to.equal("TraceThreadFailed")
  })

  it("are not to be had without shared memory", async () => {
    const saved = Object.getOwnPropertyDescriptor(globalThis, "SharedArrayBuffer")!
    Reflect.deleteProperty(globalThis, "SharedArrayBuffer")
    try {
      expect(await TraceHasher.start(0)).to.equal(undefined)
    } finally {
      Object.defineProperty(globalThis, "SharedArrayBuffer", saved)
    }
  })
})
