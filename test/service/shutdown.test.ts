import { expect } from "chai"
import { Shutdown } from "../../src/service/shutdown.ts"
import { keptLog, until } from "./helpers.ts"

describe("The end of a program", () => {
  const make = (timeout = 3600) => {
    const exits: number[] = []
    const { log, lines } = keptLog()
    return { shutdown: new Shutdown({ timeout, log, exit: (code) => exits.push(code) }), exits, lines }
  }

  it("takes no new work, finishes the old, and stops the rest from the last to the first", async () => {
    const { shutdown, exits } = make()
    const order: string[] = []
    const gate = Promise.withResolvers<void>()
    shutdown.add("end", "journal", () => order.push("journal"))
    shutdown.add("end", "sender", () => order.push("sender"))
    shutdown.add("drain", "requests", async () => {
      await gate.promise
      order.push("requests")
    })
    shutdown.add("stop", "http", () => order.push("http"))
    shutdown.begin("for a test")
    shutdown.begin("again", 1)
    await until(() => order.length === 1)
    gate.resolve()
    expect(await shutdown.finished).to.equal(0)
    expect(order).to.deep.equal(["http", "requests", "sender", "journal"])
    expect(exits).to.deep.equal([])
  })

  it("begins when what is being started has been, with all that was added meanwhile", async () => {
    const { shutdown } = make()
    const order: string[] = []
    const started = Promise.withResolvers<void>()
    shutdown.add("start", "start", () => started.promise)
    shutdown.begin("for a test")
    shutdown.add("stop", "http", () => order.push("http"))
    started.resolve()
    expect(await shutdown.finished).to.equal(0)
    expect(order).to.deep.equal(["http"])
  })

  it("goes on when a part fails, and asks to be started again then", async () => {
    const { shutdown, lines } = make()
    let isClosed = false
    shutdown.add("stop", "http", () => {
      throw new Error("no")
    })
    shutdown.add("end", "journal", () => (isClosed = true))
    shutdown.begin("for a test")
    expect(await shutdown.finished).to.equal(75)
    expect(isClosed).to.equal(true)
    expect(lines.join("")).to.include('"task":"http"')
  })

  it("keeps the code that it began with", async () => {
    const { shutdown } = make()
    shutdown.begin("the reorganisation is too deep", 2)
    expect(await shutdown.finished).to.equal(2)
  })

  it("is over with 75 when it takes too long", async () => {
    const { shutdown, exits } = make(0.005)
    shutdown.add("drain", "requests", () => new Promise(() => {}))
    shutdown.begin("for a test")
    await until(() => exits.length === 1)
    expect(exits).to.deep.equal([75])
  })

  it("begins with a signal, and is over at once with the second", async () => {
    for (const [signal, code] of [
      ["SIGTERM", 143],
      ["SIGINT", 130],
    ] as const) {
      const { shutdown, exits } = make()
      const gate = Promise.withResolvers<void>()
      shutdown.add("drain", "requests", () => gate.promise)
      // Those of other tests in this process would end it.
      const others = process.listeners(signal)
      process.removeAllListeners(signal)
      const ignore = shutdown.listen()
      process.emit(signal)
      expect(shutdown.isBegun).to.equal(true)
      expect(exits).to.deep.equal([])
      process.emit(signal)
      expect(exits).to.deep.equal([code])
      ignore()
      for (const other of others) process.on(signal, other)
      gate.resolve()
      expect(await shutdown.finished).to.equal(0)
    }
  })
})
