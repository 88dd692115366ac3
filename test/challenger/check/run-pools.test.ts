import { expect } from "chai"
import type { CompiledModel } from "../../../src/challenger/check/compile.ts"
import { RunPools } from "../../../src/challenger/check/run-pools.ts"
import { Runner } from "../../../src/challenger/check/runner.ts"
import type { Pool } from "../../../src/pool/pool.ts"
import { OnusError } from "../../../src/protocol/errors.ts"
import { expectError } from "../../sdk/expect-error.ts"
import { caps } from "./stage.ts"

/** A model of which nothing but its name and its size counts. */
const model = (modelId: string, engineBytes = 100) =>
  ({ program: { modelId }, needs: { engineBytes, keptBytes: 1 }, dimensions: {} }) as unknown as CompiledModel

/** Pools that are opened and closed, as it happens. */
class Opened {
  readonly events: string[] = []
  roots: () => Promise<unknown> = () => Promise.resolve({})
  failure: Error | undefined

  readonly open: NonNullable<ConstructorParameters<typeof RunPools>[0]["open"]> = ([
    { program, workers },
  ]) => {
    const { modelId } = program
    this.events.push(`open ${modelId} x ${workers}`)
    if (this.failure) return Promise.reject(this.failure)
    const pool = {
      rootsOf: () => this.roots(),
      close: () => {
        this.events.push(`close ${modelId}`)
        return Promise.resolve()
      },
    }
    return Promise.resolve(pool as unknown as Pool)
  }
}

const until = () => Promise.withResolvers<void>()
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe("threads for models", () => {
  let opened: Opened
  const pools = (more: object = {}) =>
    new RunPools({
      caps: caps({ models: 2, workers: 3, engineBytes: 1000, idleMs: 10_000, ...more }),
      open: opened.open,
    })

  beforeEach(() => (opened = new Opened()))

  it("are opened when a run comes, and stay for the next", async () => {
    const one = pools()
    for (let i = 0; i < 3; i++) await one.use(model("a"), () => Promise.resolve(i))
    expect(opened.events).to.deep.equal(["open a x 3"])
    await one.close()
    expect(opened.events).to.deep.equal(["open a x 3", "close a"])
  })

  it("are ended when nobody has used them for a while", async () => {
    const one = pools({ idleMs: 1 })
    await one.use(model("a"), () => Promise.resolve())
    while (one.size > 0) await new Promise((resolve) => setTimeout(resolve, 2))
    expect(opened.events).to.deep.equal(["open a x 3", "close a"])
    await one.close()
  })

  it("make room for other models, those first that nobody has used the longest", async () => {
    const one = pools()
    for (const name of ["a", "b", "a", "c"]) await one.use(model(name), () => Promise.resolve())
    expect(opened.events).to.deep.equal(["open a x 3", "open b x 3", "close b", "open c x 3"])
    await one.close()
  })

  it("are as many as memory allows, and wait for those in use to end", async () => {
    const one = pools()
    const [first, last] = [until(), until()]
    const order: string[] = []
    const using = (name: string, bytes: number, end: Promise<void>) =>
      one.use(model(name, bytes), async () => {
        order.push(name)
        await end
      })
    const a = using("a", 400, first.promise)
    // Two threads of 400 are all that fits: the next model has to wait, and nobody overtakes it.
    const b = using("b", 300, last.promise)
    const again = using("a", 400, Promise.resolve())
    await turn()
    expect(opened.events).to.deep.equal(["open a x 2"])
    expect(order).to.deep.equal(["a"])
    first.resolve()
    await a
    await turn()
    expect(opened.events).to.deep.equal(["open a x 2", "close a", "open b x 3"])
    last.resolve()
    await Promise.all([b, again])
    expect(order).to.deep.equal(["a", "b", "a"])
    await one.close()
  })

  it("are opened anew when they did not start", async () => {
    const one = pools()
    opened.failure = new OnusError("PoolFailed", "There is no memory")
    await expectError("PoolFailed", () => one.use(model("a"), () => Promise.resolve()))
    opened.failure = undefined
    expect(await one.use(model("a"), () => Promise.resolve(7))).to.equal(7)
    await one.close()
  })

  it("let nobody in when they are closed, those that wait among them", async () => {
    const one = pools({ models: 1 })
    const end = until()
    const a = one.use(model("a"), () => end.promise)
    const b = one.use(model("b"), () => Promise.resolve())
    await Promise.all([expectError("PoolClosed", () => b), one.close()])
    await expectError("PoolClosed", () => one.use(model("a"), () => Promise.resolve()))
    end.resolve()
    await a
  })

  it("run a question again that a thread died of, once", async () => {
    let died = 0
    opened.roots = () => {
      died++
      return died === 1 ? Promise.reject(new OnusError("RunFailed", "it hung")) : Promise.resolve({ died })
    }
    const one = pools()
    const runner = new Runner({ caps: caps(), pools: one })
    expect(await runner.run(model("a"), new Uint8Array(1), "lazy")).to.deep.equal({ died: 2 })
    opened.roots = () => Promise.reject(new OnusError("RunFailed", "it hung"))
    await expectError("RunFailed", () => runner.run(model("a"), new Uint8Array(1), "lazy"))
    await one.close()
  })
})
