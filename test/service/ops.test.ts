import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { expect } from "chai"
import { ExitCode } from "../../src/cli/exit-code.ts"
import { CHALLENGER } from "../../src/service/config/challenger-schema.ts"
import { loadChallengerConfig, loadNodeConfig } from "../../src/service/config/load.ts"
import { NODE } from "../../src/service/config/node-schema.ts"
import { fromEnvironment, override } from "../../src/service/config/overrides.ts"
import { METRIC_NAMES } from "../../src/service/metrics/families.ts"
import { renderConfig } from "../../src/service/config/render.ts"

const ROOT = join(import.meta.dirname, "..", "..")
const read = (path: string) => readFileSync(join(ROOT, path), "utf8")

// The runner of these tests reads YAML, too.
const mocha = createRequire(createRequire(import.meta.url).resolve("mocha"))
const yaml = mocha("js-yaml") as { load: (text: string) => unknown }

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string
      readonly expr: string
      readonly labels: { readonly severity: string }
      readonly annotations: { readonly summary: string; readonly runbook: string }
    }[]
  }[]
}

interface Dashboard {
  readonly panels: readonly {
    readonly id: number
    readonly type: string
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number }
    readonly targets?: readonly { readonly expr: string }[]
  }[]
}

interface Compose {
  readonly services: Readonly<Record<string, { readonly environment: Readonly<Record<string, string>> }>>
  readonly secrets: Readonly<Record<string, unknown>>
}

describe("The files for operators", () => {
  const rules = (yaml.load(read("ops/prometheus/alerts.yml")) as Rules).groups.flatMap(({ rules }) => rules)
  const boards = ["node", "challenger"].map(
    (name) => JSON.parse(read(`ops/grafana/onus-${name}.json`)) as Dashboard,
  )
  const queries = boards
    .flatMap(({ panels }) => panels)
    .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
  const metricsIn = (text: string) => text.match(/\bonus_\w+/g) ?? []

  it("ask for no metric that the program does not have", () => {
    for (const text of [...rules.map(({ expr }) => expr), ...queries]) {
      expect(metricsIn(text), text).not.to.be.empty
      for (const name of metricsIn(text)) expect(METRIC_NAMES, text).to.include(name)
    }
  })

  it("show every metric that the program has", () => {
    const shown = new Set([...queries, ...rules.map(({ expr }) => expr)].flatMap(metricsIn))
    const family = (name: string) => name.replace(/_(bucket|sum|count)$/, "")
    const families = new Set([...shown].map(family))
    for (const name of METRIC_NAMES) expect([...families], name).to.include(family(name))
  })

  it("say of each alert what to do, where the runbook has it", () => {
    const anchors = [...read("docs/running.md").matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, "")
        .replaceAll(" ", "-"),
    )
    expect(rules.length).to.be.at.least(15)
    for (const { alert, labels, annotations } of rules) {
      expect(labels.severity, alert).to.be.oneOf(["critical", "warning", "info"])
      expect(annotations.summary, alert).not.to.equal("")
      const [file, anchor] = annotations.runbook.split("#")
      expect(file).to.equal("docs/running.md")
      expect(anchor, alert).to.equal(alert.toLowerCase())
      expect(anchors, alert).to.include(anchor)
    }
  })

  it("draw panels that lie beside each other on their board", () => {
    for (const { panels } of boards) {
      expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length)
      for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).to.be.at.most(24)
      const places = panels.map(({ gridPos: { x, y } }) => `${x} ${y}`)
      expect(new Set(places).size, "two panels at one place").to.equal(panels.length)
    }
  })

  it("do not start a node again that would end again, and leave it time to end", async () => {
    const units = ["node", "challenger"].map((name) => read(`ops/systemd/onus-${name}.service`))
    const { Usage, Refused, Locked, Key } = ExitCode
    const sample = (file: string) => ({ config: join(ROOT, "ops", file), environment: {} })
    const { config } = await loadNodeConfig(sample("onus.minimal.toml"))
    const { config: challenger } = await loadChallengerConfig(sample("onus-challenger.minimal.toml"))
    for (const [text, seconds, { timeout }] of [
      [units[0], /^TimeoutStopSec=(\d+)$/m, config.shutdown],
      [units[1], /^TimeoutStopSec=(\d+)$/m, challenger.shutdown],
      [read("ops/compose.yaml"), /stop_grace_period: (\d+)s/, config.shutdown],
    ] as const) {
      expect(Number(seconds.exec(text)?.[1])).to.be.above(timeout)
    }
    const kept = `RestartPreventExitStatus=${Usage} ${Refused} ${Locked} ${Key}\n`
    for (const line of [kept, "NoNewPrivileges=yes", "ProtectSystem=strict", "User=onus"])
      for (const unit of units) expect(unit).to.include(line)
  })

  it("start replicas with settings that exist, each with its name, and with shares of one stake", () => {
    const { services } = yaml.load(read("ops/compose.yaml")) as Compose
    const nodes = Object.values(services).filter(
      ({ environment }) => "ONUS_NODE__JOURNAL__SHARE" in environment,
    )
    expect(nodes).to.have.length(2)
    for (const { environment } of nodes) {
      expect(override(NODE, {}, fromEnvironment(NODE, environment), new Map())).to.deep.equal([])
    }
    const replicas = nodes.map(({ environment }) => environment.ONUS_NODE__JOURNAL__REPLICA)
    expect(new Set(replicas).size).to.equal(2)
    const shares = nodes.map(({ environment }) => Number(environment.ONUS_NODE__JOURNAL__SHARE))
    expect(shares.reduce((sum, share) => sum + share)).to.be.at.most(1)
  })

  it("run the image as somebody who is not root, and ask it whether it is alive", () => {
    const lines = read("ops/Dockerfile").split("\n")
    const user = lines.findIndex((line) => line.startsWith("USER "))
    expect(lines[user]).to.equal("USER node")
    expect(lines.findIndex((line) => line.startsWith("ENTRYPOINT "))).to.be.above(user)
    expect(lines.join("\n"))
      .to.match(/^HEALTHCHECK /m)
      .and.include("/healthz")
  })

  it("have samples of the configurations that are those of `onus node init` and `onus challenger init`", () => {
    for (const extent of ["minimal", "maximal"] as const) {
      expect(read(`ops/onus.${extent}.toml`)).to.equal(renderConfig(NODE, extent))
      expect(read(`ops/onus-challenger.${extent}.toml`)).to.equal(renderConfig(CHALLENGER, extent))
    }
  })
})
