import { expect } from "chai"
import { type Loop, type LoopOptions, loop } from "../../src/service/loop.ts"
import { createMetrics } from "../../src/service/metrics/metrics.ts"
import { keptLog, until } from "./helpers.ts"

describe("A loop", () => {
  const loops: Loop[] = []
  const ends: (() => void)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0)) end()
    await Promise.all(loops.splice(0).map((loop) => loop.stop()))
  })

  function start(work: (signal: AbortSignal) => Promise<unknown>, options: Partial<LoopOptions> = {}) {
    const metrics = createMetrics({ version: "test" })
    const { log } = keptLog()
    const started = loop("test", { every: 3600, timeout: 3600, log, metrics, ...options }, work)
    loops.push(started)
    const outcomes = async () => {
      const { values } = await metrics.loopRuns.get()
      return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value])) as Record<
        string,
        number
      >
    }
    return { loop: started, metrics, outcomes }
  }

  it("works at once, again after its time, and says when it last did", async () => {
    let runs = 0
    const { loop, metrics } = start(async () => void (await Promise.resolve(runs++)), { every: 0.001 })
    await until(() => runs >= 3)
    await loop.stop()
    expect(loop.isAlive).to.equal(true)
    const { values } = await metrics.loopLastSuccess.get()
    expect(values).to.deep.equal([{ labels: { loop: "test" }, value: loop.lastSuccess }])
    const done = runs
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(runs).to.equal(done)
  })

  it("works at once when it is poked, and once more when that happens during a run", async () => {
    let runs = 0
    const gate = Promise.withResolvers<void>()
    const { loop } = start(async () => {
      if (++runs === 1) await gate.promise
    })
    await until(() => runs === 1)
    loop.poke()
    loop.poke()
    gate.resolve()
    await until(() => runs === 2)
    loop.poke()
    await until(() => runs === 3)
  })

  it("goes on after an error, with pauses that a poke does not shorten", async () => {
    let runs = 0
    const { loop, outcomes } = start(
      async () => {
        await Promise.resolve()
        if (++runs < 3) throw new Error("the node is away")
      },
      { longestPause: 0.001 },
    )
    await until(() => runs === 3)
    await until(() => loop.lastSuccess !== undefined)
    expect(await outcomes()).to.deep.equal({ ok: 1, failed: 2 })
    const failing = start(() => Promise.reject(new Error("no")))
    await until(() => failing.loop.isAlive)
    failing.loop.poke()
    failing.loop.poke()
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(await failing.outcomes()).to.deep.equal({ failed: 1 })
  })

  it("aborts a run that takes too long", async () => {
    const reasons: unknown[] = []
    const { outcomes } = start(
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            reasons.push(signal.reason)
            reject(signal.reason as Error)
          })
        }),
      { timeout: 0.01 },
    )
    await until(() => reasons.length === 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await outcomes()).to.deep.equal({ failed: 1 })
    expect(String(reasons[0])).to.include("test took longer than 0.01 s")
  })

  it("leaves a run behind that hangs all the same, and says so when only a new process helps", async () => {
    const stuck: string[] = []
    let runs = 0
    const hang = () => {
      runs++
      return new Promise<void>((resolve) => ends.push(resolve))
    }
    const onStuck = (name: string) => stuck.push(name)
    const { outcomes } = start(hang, { timeout: 0.005, grace: 0.005, longestPause: 0.001, onStuck })
    await until(() => stuck.length === 1)
    expect(runs).to.be.at.least(3)
    expect((await outcomes()).abandoned).to.be.at.least(3)
    await until(() => runs >= 5)
    expect(stuck).to.deep.equal(["test"])
  })

  it("ends only when its run has ended", async () => {
    const gate = Promise.withResolvers<void>()
    let isDone = false
    const { loop } = start(async () => {
      await gate.promise
      isDone = true
    })
    const stopped = loop.stop()
    gate.resolve()
    await stopped
    expect(isDone).to.equal(true)
  })
})
