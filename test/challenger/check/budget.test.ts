import { setImmediate as nextTurn } from "node:timers/promises"
import { expect } from "chai"
import { Budget } from "../../../src/challenger/check/budget.ts"

describe("memory for what is fetched", () => {
  it("is for so many bytes at once, in the order in which they were asked for; what is small does not wait", async () => {
    const budget = new Budget(100, 10)
    const taken: number[] = []
    const ends = new Map<number, () => void>()
    const ask = (bytes: number) =>
      void budget.take(bytes).then((end) => {
        taken.push(bytes)
        ends.set(bytes, end)
      })
    for (const bytes of [60, 50, 40, 10]) ask(bytes)
    await nextTurn()
    expect(taken).to.deep.equal([60, 10])
    ends.get(10)!()
    ends.get(60)!()
    await nextTurn()
    expect(taken).to.deep.equal([60, 10, 50, 40])
    ask(500)
    ends.get(50)!()
    await nextTurn()
    expect(taken).to.have.length(4)
    ends.get(40)!()
    await nextTurn()
    expect(taken.at(-1)).to.equal(500)
  })
})
