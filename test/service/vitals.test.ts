import { expect } from "chai"
import { createMetrics } from "../../src/service/metrics/metrics.ts"
import { Readiness } from "../../src/service/readiness.ts"
import { type Duty, Vitals } from "../../src/service/vitals.ts"

describe("What a program needs to go on", () => {
  it("is that it sees challenges and anchors: what fails for long takes no new work, and is told", async () => {
    const readiness = new Readiness()
    const told: string[] = []
    const now = Date.now() / 1000
    const demands: { name: string; lastSuccess: number | undefined } = {
      name: "demands",
      lastSuccess: undefined,
    }
    const duty = (begun: number): Duty => ({ loop: demands, begun })
    const duties: Duty[] = [duty(now)]
    const vitals = new Vitals({
      chain: { poll: 1, timeout: 1, stalledAfter: 60 },
      skew: { warn: 60, most: 60 },
      disk: { url: "postgres://host/name", least: 1 },
      probes: [],
      heads: { age: 0, skew: 0 },
      lastLook: () => Date.now(),
      duties,
      readiness,
      alerts: {
        raise: ({ code, subject }) => void told.push(`${code} ${subject}`),
        resolve: (code, subject) => void told.push(`over: ${code} ${subject}`),
      },
      metrics: createMetrics({ version: "0", process: false }),
    })
    await vitals.tick()
    expect(readiness.problems).deep.equal([])
    duties[0] = duty(now - 1_000)
    await vitals.tick()
    expect(readiness.problems.map(({ check, code }) => [check, code])).deep.equal([
      ["loop-demands", "DutyFailing"],
    ])
    expect(told).contain("DutyFailing demands")
    demands.lastSuccess = now
    await vitals.tick()
    expect(readiness.isReady).equal(true)
    expect(told.at(-1)).not.equal("DutyFailing demands")
    expect(told).contain("over: DutyFailing demands")
  })
})
