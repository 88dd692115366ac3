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
})
