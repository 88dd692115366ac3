import { expect } from "chai"
import { createAlerts } from "../../src/service/alarm.ts"
import { createMetrics } from "../../src/service/metrics/metrics.ts"
import { createScrub } from "../../src/service/scrub.ts"
import { keptLog, serve, until } from "./helpers.ts"

interface Said {
  readonly status: string
  readonly code: string
  readonly subject?: string
  readonly message: string
  readonly source: object
}

describe("Alerts", () => {
  const scrub = createScrub(["hunter2"])
  const alert = { code: "ChallengeOpened", severity: "critical", message: "Answer it" } as const

  async function hook(statuses: number[] = []) {
    const said: Said[] = []
    const server = await serve((_, body, response) => {
      const status = statuses.shift() ?? 204
      if (status < 300) said.push(JSON.parse(body) as Said)
      response.writeHead(status, { location: "http://127.0.0.1:1/" }).end()
    })
    const metrics = createMetrics({ version: "test" })
    const { log, lines } = keptLog(scrub)
    const webhook = { url: server.url, timeout: 20, pause: 1 }
    const alerts = createAlerts({ log, metrics, scrub, source: { replica: "a" }, webhook })
    const deliveries = async () => {
      const { values } = await metrics.alertDeliveries.get()
      return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value])) as Record<
        string,
        number
      >
    }
    return { alerts, said, metrics, lines, deliveries, close: () => server.close() }
  }

  it("go to the log, a metric and the webhook, once until they are resolved", async () => {
    const { alerts, said, metrics, lines, close } = await hook()
    for (let i = 0; i < 3; i++) alerts.raise({ ...alert, subject: "0x01", details: { deadline: 7 } })
    alerts.raise({ ...alert, subject: "0x02" })
    alerts.resolve(alert.code, "0x01")
    alerts.resolve(alert.code, "0x01")
    alerts.resolve("NeverRaised")
    alerts.raise({ ...alert, subject: "0x01" })
    await alerts.close()
    await close()
    expect(said.map(({ status, subject }) => [status, subject])).to.deep.equal([
      ["raised", "0x01"],
      ["raised", "0x02"],
      ["resolved", "0x01"],
      ["raised", "0x01"],
    ])
    expect(said[0]).to.deep.include({ code: alert.code, severity: "critical", details: { deadline: 7 } })
    expect(said[0].source).to.deep.equal({ replica: "a" })
    expect((await metrics.alertsOpen.get()).values[0].value).to.equal(2)
    expect((await metrics.alertsRaised.get()).values[0].value).to.equal(3)
    expect(lines.filter((line) => line.includes("ChallengeOpened"))).to.have.length(4)
  })

  it("are told again when they become worse", async () => {
    const { alerts, said, metrics, close } = await hook()
    alerts.raise({ ...alert, severity: "warning" })
    alerts.raise(alert)
    await alerts.close()
    await close()
    expect(said).to.have.length(2)
    const { values } = await metrics.alertsOpen.get()
    expect(Object.fromEntries(values.map(({ labels, value }) => [labels.severity, value]))).to.deep.equal({
      warning: 0,
      critical: 1,
    })
  })

  it("are delivered with patience, in order", async () => {
    const { alerts, said, deliveries, close } = await hook([500, 429, 503])
    alerts.raise(alert)
    alerts.raise({ ...alert, code: "Second" })
    await until(() => said.length === 2)
    await alerts.close()
    await close()
    expect(said.map(({ code }) => code)).to.deep.equal([alert.code, "Second"])
    expect(await deliveries()).to.deep.equal({ ok: 2 })
  })

  it("are given up when they are refused for good, and follow no redirection", async () => {
    const { alerts, said, deliveries, close } = await hook([400, 302])
    for (const code of ["A", "B", "C"]) alerts.raise({ ...alert, code })
    await alerts.close()
    await close()
    expect(said.map(({ code }) => code)).to.deep.equal(["C"])
    expect(await deliveries()).to.deep.equal({ ok: 1, failed: 2 })
  })

  it("never keep the program waiting, and drop what is least urgent in a flood", async () => {
    const { alerts, said, deliveries, close } = await hook()
    for (let i = 0; i < 600; i++) alerts.raise({ ...alert, code: "Flood", severity: "info", subject: `${i}` })
    for (let i = 0; i < 10; i++) alerts.raise({ ...alert, subject: `${i}` })
    await until(() => said.length >= 500)
    await alerts.close()
    await close()
    expect(said.filter(({ code }) => code === alert.code)).to.have.length(10)
    expect((await deliveries()).dropped).to.be.within(105, 110)
  })

  it("hold no secrets", async () => {
    const { alerts, said, lines, close } = await hook()
    const message = "No node answers at http://u:pw12345@node/hunter2"
    alerts.raise({ ...alert, message, details: { url: "hunter2" } })
    await alerts.close()
    await close()
    expect(said).to.have.length(1)
    for (const text of [JSON.stringify(said), lines.join("")]) {
      expect(text).not.to.include("hunter2").and.not.include("pw12345")
    }
  })

  it("work without a webhook, and survive one that is not there", async () => {
    const metrics = createMetrics({ version: "test" })
    const { log, lines } = keptLog()
    const without = createAlerts({ log, metrics, scrub, source: {} })
    without.raise(alert)
    await without.close()
    expect(lines).to.have.length(1)
    const gone = await serve(() => {})
    await gone.close()
    const webhook = { url: gone.url, timeout: 20, pause: 1 }
    const alerts = createAlerts({ log, metrics, scrub, source: {}, webhook })
    alerts.raise(alert)
    await alerts.close()
    expect((await metrics.alertDeliveries.get()).values).to.deep.equal([
      { labels: { outcome: "failed" }, value: 1 },
    ])
  })
})
