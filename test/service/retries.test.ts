import { expect } from "chai"
import { Retries } from "../../src/service/retries.ts"

/** The times at which something is tried that fails each time, from 0 on, a look a second. */
function attempts(retries: Retries, end: number, leftAt?: (now: number) => number): number[] {
  const times: number[] = []
  for (let now = 0; now < end; now++) {
    if (retries.waits("it", now)) continue
    times.push(now)
    retries.postpone("it", now, leftAt?.(now))
  }
  return times
}

describe("the pauses between attempts", () => {
  it("is tried less and less often", () => {
    expect(attempts(new Retries(), 10_000)).deep.equal([
      0, 30, 90, 210, 450, 930, 1890, 3690, 5490, 7290, 9090,
    ])
  })

  it("is tried more often the nearer the time comes when it is too late", () => {
    const times = attempts(new Retries(), 7_200, (now) => 7_200 - now)
    const last = times.filter((time) => time >= 6_000)
    expect(last.length).greaterThan(10)
    expect(7_200 - times.at(-1)).lessThan(31)
  })

  it("is tried for the first time after a pause, and anew when it was forgotten", () => {
    const retries = new Retries()
    expect([0, 29, 30].map((now) => retries.isDue("it", now))).deep.equal([false, false, true])
    expect(retries.waiting(0)).equal(1)
    retries.forget("it")
    expect([retries.waits("it", 0), retries.waiting(0)]).deep.equal([false, 0])
  })
})
