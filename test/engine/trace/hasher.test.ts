import { expect } from "chai"
import type { Program } from "../../../src/engine/program/program.ts"
import { type Commitment, commit, tensorsOf } from "../../../src/engine/trace/commitment.ts"
import { TraceHasher } from "../../../src/engine/trace/hasher.ts"
import { isOnusError } from "../../../src/protocol/errors.ts"
import { Space } from "../../../src/protocol/program.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import { network } from "../program/small-network.ts"
import { SharedRun, manyTensors } from "./shared-run.ts"

const rootsOf = ({ inputRoot, traceRoot, outputRoot }: Commitment) => ({ inputRoot, traceRoot, outputRoot })

/** The code of the error that a promise fails with. */
async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isOnusError(error)) throw new Error(`expected an OnusError, got ${error}`)
  return error.code
}

describe("a hashing thread", () => {
  let hasher: TraceHasher
  let programs: readonly Program[]

  before(async () => {
    hasher = (await TraceHasher.start())!
    programs = [manyTensors(), lower(network())]
  })

  after(() => hasher.close())

  it("makes the same trees while a run goes on as are made afterwards", async () => {
    for (const [seed, program] of [...programs, ...programs].entries()) {
      const run = new SharedRun(program, seed + 1)
      const { hashed } = hasher.follow(run.source)
      for (let step = 1; step <= program.steps.length; step++) {
        run.finish(step)
        if (step % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 3))
      }
      const [meanwhile, afterwards] = [commit(run.execution, (await hashed).trees), commit(run.execution)]
      expect(rootsOf(meanwhile)).to.deep.equal(rootsOf(afterwards))
      const trace = program.traceTensors.map((tensor) => run.execution.bytes(tensor))
      expect((await hashed).trace.map((bytes) => bytes.slice())).to.deep.equal(trace)
      for (const tensor of [Space.Input, Space.Trace, Space.Output].flatMap((space) =>
        tensorsOf(program, space),
      ))
        expect(meanwhile.open(tensor, 0)).to.deep.equal(afterwards.open(tensor, 0))
    }
  })

  it("follows runs one after the other, whatever the order in which they end", async () => {
    const runs = programs.map((program, i) => new SharedRun(program, 77 + i))
    const pending = runs.map(({ source }) => hasher.follow(source).hashed)
    for (const run of runs.toReversed()) run.finish()
    for (const [i, { trees }] of (await Promise.all(pending)).entries())
      expect(rootsOf(commit(runs[i].execution, trees))).to.deep.equal(rootsOf(commit(runs[i].execution)))
  })

  it("stops following a run that is given up, and goes on with the next", async () => {
    const [failing, next] = programs.map((program) => new SharedRun(program, 9))
    const abandoned = hasher.follow(failing.source)
    const { hashed } = hasher.follow(next.source)
    failing.finish(1)
    abandoned.abandon()
    expect(await failureOf(abandoned.hashed)).to.equal("TraceAbandoned")
    next.finish()
    expect(rootsOf(commit(next.execution, (await hashed).trees))).to.deep.equal(
      rootsOf(commit(next.execution)),
    )
  })

  it("that is closed fails the runs that it follows, and those that come later", async () => {
    const closing = (await TraceHasher.start())!
    const [first, second] = [1, 2].map((seed) => new SharedRun(programs[0], seed))
    const { hashed } = closing.follow(first.source)
    await closing.close()
    expect(await failureOf(hashed)).to.equal("TraceThreadFailed")
    expect(await failureOf(closing.follow(second.source).hashed)).to.equal("TraceThreadFailed")
  })
})
