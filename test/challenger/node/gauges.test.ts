import { expect } from "chai"
import { setGauges } from "../../../src/challenger/node/gauges.ts"
import type { Sums } from "../../../src/challenger/play/purse.ts"
import type { View } from "../../../src/challenger/view.ts"
import type { Alert } from "../../../src/service/alerts.ts"
import { createMetrics } from "../../../src/service/metrics/metrics.ts"

describe("the metrics of a challenger", () => {
  it("have no deadline when nothing is to be done, which is not the same as none being left", async () => {
    const metrics = createMetrics({ version: "1" })
    const raised = new Set<string>()
    const alerts = {
      raise: ({ code }: Alert) => void raised.add(code),
      resolve: (code: string) => void raised.delete(code),
    }
    const bonds = { locked: 1n, atRisk: 1n, claimable: 0n, lost: 0n, won: 0n }
    const show = async (nextDeadline?: Sums["nextDeadline"]) => {
      const sums = { bonds, rewards: { won: 0n, claimable: 0n }, ...(nextDeadline ? { nextDeadline } : {}) }
      const counts = { receipts: { match: 1, mismatch: 1 }, cases: { open: 1 } }
      const parts = {
        book: { counts: () => Promise.resolve(counts) },
        player: { sums: () => Promise.resolve(sums) },
      }
      const view = { clock: 100n, baseFee: 1n, head: { latest: { timestamp: 100 } } }
      await setGauges(
        { metrics, alerts } as never,
        view as unknown as View,
        parts as unknown as Parameters<typeof setGauges>[2],
        undefined,
      )
      const text = await metrics.text()
      return text.split("\n").filter((line) => line.startsWith("onus_dispute_next_deadline"))
    }
    expect(await show()).to.deep.equal([])
    expect(await show({ at: 110, since: 10 })).to.deep.equal([
      "onus_dispute_next_deadline_seconds 10",
      "onus_dispute_next_deadline_ratio 0.1",
    ])
    expect([...raised]).to.deep.equal(["MoveDue"])
    expect(await show()).to.deep.equal([])
    expect([...raised]).to.deep.equal([])
  })
})
