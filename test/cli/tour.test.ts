import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { expect } from "chai"
import type { Report } from "../../src/tour/report.ts"
import { ONUS, onus, run } from "./run.ts"

/** Milliseconds; a tour ends by itself before. */
const LONGEST = 300_000

describe("onus tour", () => {
  const folder = mkdtempSync(join(tmpdir(), "onus-tour-test-"))
  after(() => rmSync(folder, { recursive: true }))

  it("refuses a seed that is no number", async () => {
    const { code, stdout } = await onus(folder, {}, "tour", "--seed", "one", "--json")
    expect(code).to.equal(2)
    expect((JSON.parse(stdout) as { error: { code: string } }).error.code).to.equal("UsageInvalid")
  })

  it("leaves nothing behind when it is told to end", async function () {
    this.timeout(120_000)
    const env = { ...process.env, TMPDIR: folder }
    const tour = spawn(process.execPath, [ONUS, "tour"], { env, stdio: ["ignore", "pipe", "inherit"] })
    await once(tour.stdout, "data")
    const running = () => spawnSync("ps", ["-eo", "args"]).stdout.toString().split("\n")
    const isOurs = (args: string) => args.includes(`${folder}/onus-tour-`)
    expect(running().filter(isOurs)).to.have.length(2)
    tour.kill("SIGTERM")
    expect(await once(tour, "exit")).to.deep.equal([143, null])
    while (running().some(isOurs)) await pause(20)
    expect(readdirSync(folder).filter((name) => name.startsWith("onus-tour-"))).to.deep.equal([])
  })

  it("catches everybody who cheats, and nobody else", async function () {
    this.timeout(LONGEST)
    const args = [ONUS, "tour", "--json", "--seed", "7"]
    const { code, stdout, stderr } = await run(process.execPath, args, folder, {}, LONGEST)
    expect(code, stdout + stderr).to.equal(0)
    const report = JSON.parse(stdout) as Report
    expect([report.holds, report.escaped, report.wronged]).to.deep.equal([true, [], []])
    const proofs = new Map(report.caught.map(({ lie, proof }) => [lie, proof.kind]))
    expect(Object.fromEntries(proofs)).to.deep.equal({
      "wrong element": "element",
      "garbage root": "silence",
      "withheld trace": "silence",
      "hidden trace": "element",
      equivocation: "signatures",
      omission: "never anchored",
    })
    for (const { who, before, after } of report.accounts) {
      if (who === "honest") expect(after).to.equal(before)
      else if (proofs.has(who)) expect(Number(after) < Number(before), who).to.equal(true)
      else expect(Number(after) > Number(before), who).to.equal(true)
    }
  })
})
