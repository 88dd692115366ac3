import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { expect } from "chai"
import type { Intent, Outcome } from "../../../src/chain/transactions/transactions.ts"
import { COMPILED, SOURCES } from "../../helpers/sources.ts"
import { Stage } from "./stage.ts"

const SENDER = join(import.meta.dirname, "sender.ts")

describe("A program that is killed while it sends", () => {
  let stage: Stage
  before(async () => (stage = await Stage.open()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

  /** Sends in a process of its own, which is killed at a failpoint if one is named. */
  async function send(database: string, intents: readonly Intent[], failpoint = "") {
    const json = JSON.stringify(intents.map((intent) => ({ ...intent, value: String(intent.value) })))
    const child = spawn(
      process.execPath,
      [...SOURCES, SENDER, stage.url, database, stage.wallet.privateKey, json],
      { env: { ...process.env, ...COMPILED, ONUS_FAILPOINT: failpoint }, stdio: ["ignore", "pipe", "pipe"] },
    )
    const [[code, signal], stdout, stderr] = await Promise.all([
      once(child, "exit") as Promise<[number | null, string | null]>,
      text(child.stdout),
      text(child.stderr),
    ])
    if (failpoint) return expect(signal, stderr).to.equal("SIGKILL")
    expect(code, stderr).to.equal(0)
    return JSON.parse(stdout) as Outcome[]
  }

  for (const failpoint of [
    "tx-intent",
    "tx-intent:2",
    "tx-signed",
    "tx-signed:2",
    "tx-sent",
    "tx-sent:2",
    "tx-mined",
    "tx-mined:2",
  ])
    it(`at ${failpoint} has each effect once when it goes on`, async () => {
      const database = stage.newDatabaseUrl()
      const intents = [stage.mint("a", 5n), stage.mint("b", 6n)]
      await send(database, intents, failpoint)
      const outcomes = await send(database, intents)
      expect(outcomes).to.have.length(2)
      for (const outcome of outcomes as Outcome[]) expect(outcome.state).to.equal("confirmed")
      for (const amount of [5n, 6n]) expect(await stage.effects(amount)).to.equal(1)
      expect(await stage.chain.getTransactionCount(stage.key.address)).to.equal(2)
    })

  it("finds after its crash what was mined meanwhile, and what a reorganisation took", async () => {
    const database = stage.newDatabaseUrl()
    const intents = [stage.mint("a", 5n)]
    const before = (await stage.rpc("evm_snapshot")) as string
    await send(database, intents, "tx-mined")
    expect(await stage.effects(5n)).to.equal(1)
    await stage.rpc("evm_revert", before)
    await stage.mine()
    expect(await stage.effects(5n)).to.equal(0)
    expect(((await send(database, intents)) as Outcome[])[0].state).to.equal("confirmed")
    expect(await stage.effects(5n)).to.equal(1)
    expect(await stage.chain.getTransactionCount(stage.key.address)).to.equal(1)
  })
})
