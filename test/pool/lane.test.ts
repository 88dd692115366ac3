import { expect } from "chai"
import { Lane } from "../../src/pool/lane.ts"
import { digits } from "../provider/parts.ts"

const HANG = Uint8Array.of(1)
const DIE = Uint8Array.of(2)
const GOOD = Uint8Array.of(9)

describe("a thread that fails", () => {
  const lost: string[] = []
  let lane: Lane

  beforeEach(async () => {
    lost.length = 0
    lane = new Lane(digits(), {
      workers: 1,
      threads: 1,
      queue: 100,
      hangsAfter: 1500,
      module: new URL("./faulty-worker.ts", import.meta.url),
      onLost: (_, cause) => lost.push(cause),
    })
    await lane.start()
  })
  afterEach(() => lane.close())

  const outcome = (inputs: Uint8Array): Promise<string> =>
    lane.run(inputs, "lazy").then(
      ([{ kind }]) => kind,
      (error: { code: string }) => error.code,
    )

  it("fails the run that it died of, and no other", async () => {
    for (let i = 0; i < 200; i++) lane.measured(0.01)
    const first = outcome(GOOD)
    const [died, ...others] = [DIE, ...Array.from({ length: 10 }, () => GOOD)].map(outcome)
    expect(await first).to.equal("answer")
    expect(await died).to.equal("RunFailed")
    expect(await Promise.all(others)).to.deep.equal(others.map(() => "answer"))
    expect(lost).to.deep.equal(["it ended with 3"])
  })

  it("is ended when it hangs, and replaced", async () => {
    const hung = outcome(HANG)
    const next = outcome(GOOD)
    expect(await hung).to.equal("RunFailed")
    expect(await next).to.equal("answer")
    expect(lost).to.deep.equal(["it did not answer for 1500 ms"])
  })

  it("does not keep the others from being closed", async () => {
    const [hung, waiting] = [outcome(HANG), outcome(GOOD)]
    await lane.close()
    expect([await hung, await waiting]).to.deep.equal(["PoolClosed", "PoolClosed"])
    expect(lost).to.deep.equal([])
  })

  it("does not start at all if its module does not", async () => {
    const broken = new Lane(digits(), {
      workers: 1,
      threads: 1,
      queue: 1,
      hangsAfter: 1500,
      module: new URL("./no-such-worker.ts", import.meta.url),
    })
    const started = await broken.start().then(
      () => "started",
      (error: { code: string }) => error.code,
    )
    expect(started).to.equal("PoolFailed")
  })

  it("is given up if it does not load in time", async () => {
    const slow = new Lane(digits(), {
      workers: 1,
      threads: 1,
      queue: 1,
      hangsAfter: 1500,
      startsWithin: 50,
      module: new URL("./silent-worker.ts", import.meta.url),
    })
    const started = await slow.start().then(
      () => "started",
      (error: { message: string }) => error.message,
    )
    expect(started).to.contain("had not loaded the model after 50 ms")
  })

  it("takes runs with it that were given ahead, and another one does them", async () => {
    const ahead = new Lane(digits(), {
      workers: 1,
      threads: 1,
      queue: 100,
      hangsAfter: 1500,
      ahead: 2,
      module: new URL("./faulty-worker.ts", import.meta.url),
    })
    await ahead.start()
    const run = (inputs: Uint8Array) =>
      ahead.run(inputs, "lazy", { isBare: true }).then(
        ([{ kind }]) => kind,
        (error: { code: string }) => error.code,
      )
    const ended = await Promise.all([GOOD, GOOD, DIE, GOOD, GOOD, GOOD].map(run))
    expect(ended).to.deep.equal(["answer", "answer", "RunFailed", "answer", "answer", "answer"])
    await ahead.close()
  })

  it("is one of those that are started when runs wait, and only then", async () => {
    const growing = new Lane(digits(), {
      workers: 3,
      first: 1,
      threads: 1,
      queue: 100,
      hangsAfter: 60_000,
      module: new URL("./faulty-worker.ts", import.meta.url),
    })
    await growing.start()
    expect(growing.size).to.equal(1)
    const run = (inputs: Uint8Array) => growing.run(inputs, "lazy").catch(() => undefined)
    expect(await run(GOOD)).to.not.equal(undefined)
    expect(growing.size).to.equal(1)
    // The first thread never comes back: what waits is done by others.
    void run(HANG)
    await Promise.all([run(GOOD), run(GOOD)])
    expect(growing.size).to.be.above(1)
    await growing.close()
  })
})
