import { spawnSync } from "node:child_process"
import { expect } from "chai"
import { register } from "../../scripts/story/1-register.ts"
import { serve } from "../../scripts/story/3-serve.ts"
import { findLie } from "../../scripts/story/4-find-lie.ts"
import { convictLie } from "../../scripts/story/5-convict-lie.ts"
import { askQuestions } from "../../scripts/story/questions.ts"
import { Reporter } from "../../scripts/story/reporter.ts"
import { setStage } from "../../scripts/story/stage.ts"
import { isOnusError } from "../../src/protocol/errors.ts"
import { COMPILED, SOURCES } from "../helpers/sources.ts"

interface Outcome {
  readonly holds: boolean
  readonly acts: { readonly title: string; readonly facts: Record<string, unknown>[] }[]
  readonly standings: { readonly score: number; readonly faults: number; readonly tombstoned: boolean }[]
  readonly gas: Record<string, number>
}

function start(...args: string[]) {
  const environment = { ...process.env, ...COMPILED, NO_COLOR: "1" }
  return spawnSync(process.execPath, [...SOURCES, "scripts/start.ts", ...args], {
    encoding: "utf8",
    env: environment,
  })
}

describe("the story of npm start", () => {
  it("holds, with a picture of the user's own, and prints data", () => {
    const { status, stdout, stderr } = start("--json", "--image", "models/samples/7-chalk.png")
    expect(status, stderr).to.equal(0)
    const outcome = JSON.parse(stdout) as Outcome
    expect(outcome.holds).to.equal(true)
    expect(outcome.acts).to.have.length(9)
    const [ada, bob, cyn] = outcome.standings
    expect([ada.faults, bob.faults, cyn.faults]).to.deep.equal([0, 1, 1])
    expect([ada.tombstoned, bob.tombstoned, cyn.tombstoned]).to.deep.equal([false, false, true])
    expect(ada.score).to.be.greaterThan(bob.score)
    const served = outcome.acts[2].facts.find(({ answers }) => answers !== undefined)
    expect((served?.answers as number[]).at(-1)).to.equal(7)
  })

  it("prints itself for people", () => {
    const { status, stdout } = start()
    expect(status).to.equal(0)
    expect(stdout).to.match(/Eli convicts Bob in 0x[0-9a-f]{6}/)
    expect(stdout).to.contain("Bob: refused, unmet: NotConvicted")
    expect(stdout).to.contain("The story holds.")
  })

  it("refuses wrong arguments with exit code 2 and says what is possible", () => {
    for (const args of [["--imag"], ["--image", "no-such-file.png"]]) {
      const { status, stderr } = start(...args)
      expect(status).to.equal(2)
      expect(stderr).to.contain("--image FILE.png")
    }
  })

  it("does not hold for a picture that is none, and exits with 1", () => {
    const { status, stdout } = start("--json", "--image", "package.json")
    expect(status).to.equal(1)
    expect(JSON.parse(stdout))
      .to.deep.include({ holds: false })
      .and.to.have.nested.property("error.code", "ImageMalformed")
  })

  it("breaks when nobody lied", async () => {
    const stage = await setStage()
    const reporter = new Reporter(true)
    const questions = askQuestions()
    await register(stage, reporter)
    const services = await serve(stage, questions, reporter)
    const honest = services.filter((_, at) => at !== 1)
    const caught = await findLie(stage, honest, reporter).catch((error: unknown) => error)
    expect(isOnusError(caught, "StoryBroken")).to.equal(true)
    await stage.connection.close()
  })

  it("breaks when the accused number is right", async () => {
    const stage = await setStage()
    const reporter = new Reporter(true)
    await register(stage, reporter)
    const services = await serve(stage, askQuestions(), reporter)
    const finding = await findLie(stage, services, reporter)
    const innocent = { ...finding, fault: { ...finding.fault, element: finding.fault.element + 1 } }
    const caught = await convictLie(stage, innocent, reporter).catch((error: unknown) => error)
    expect(isOnusError(caught, "NotGuilty")).to.equal(true)
    await stage.connection.close()
  })
})
