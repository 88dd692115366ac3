import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { expect } from "chai"
import { Wallet, parseEther } from "ethers"
import { type Compose, runChallenger } from "../../../src/challenger/challenger.ts"
import type { Composition, Hooks } from "../../../src/challenger/node/composition.ts"
import type { Standing } from "../../../src/challenger/node/forecast.ts"
import type { Mode } from "../../../src/challenger/node/foundation.ts"
import type { View } from "../../../src/challenger/view.ts"
import { OnusError } from "../../../src/protocol/errors.ts"
import { loadChallengerConfig } from "../../../src/service/config/load.ts"
import { freePort } from "../../../src/tour/process.ts"
import { type Chain, startChain } from "../../cli/chain.ts"

const KEY = Wallet.createRandom()
const RECEIPT = `0x${"ab".repeat(32)}`
const NONE = { unchecked: 0, match: 0, mismatch: 0, unfetchable: 0, differs: 0, expired: 0, passed: 0 }
const CASES = { open: 0, won: 0, paid: 0, lost: 0, dropped: 0 }

/** Parts that do nothing but say what is asked of them. */
class Doubles {
  readonly calls: string[] = []
  readonly views: View[] = []
  mode: Mode | undefined
  hooks: Hooks | undefined
  verdict = "unchecked"
  failure: Error | undefined
  standing: Standing = { receiptId: RECEIPT, leader: "challenger", isOver: false }

  readonly compose: Compose = (_config, _run, _foundation, mode, hooks) => {
    this.mode = mode
    this.hooks = hooks
    const note =
      (name: string) =>
      (view?: View): Promise<void> => {
        this.calls.push(name)
        if (view) this.views.push(view)
        return Promise.resolve()
      }
    const composition = {
      book: {
        counts: () =>
          Promise.resolve({ receipts: { ...NONE, match: 3, unchecked: 1 }, cases: { ...CASES, open: 2 } }),
        find: () => Promise.resolve({ id: RECEIPT, state: this.verdict }),
        want: note("want"),
      },
      watch: {
        poll: async () => {
          this.calls.push("events")
          if (this.failure) throw this.failure
          await Promise.resolve()
        },
        cursors: () => [{ name: "batches", block: 7 }],
      },
      inbox: { tick: () => note("inbox")() },
      scheduler: { tick: note("schedule") },
      standings: { list: () => Promise.resolve([this.standing]) },
      transactions: undefined,
      player: mode.watchOnly
        ? undefined
        : {
            tick: note("play"),
            sums: () => {
              const clock = Number(this.views.at(-1)?.clock ?? 0n)
              return Promise.resolve({
                bonds: { locked: 3n, atRisk: 2n, claimable: 1n, lost: 0n, won: 5n },
                rewards: { won: 9n, claimable: 8n },
                nextDeadline: { at: clock + 10, since: clock - 90 },
              })
            },
          },
      auditor: undefined,
      forget: () => Promise.resolve(),
      stop: () => note("stop")(),
      close: () => note("close")(),
    } as unknown as Composition
    return Promise.resolve(composition)
  }
}

describe("The program of a challenger", () => {
  let chain: Chain
  let folder: string
  before(async () => {
    chain = await startChain()
    await chain.connection.provider.request({
      method: "hardhat_setBalance",
      params: [KEY.address, `0x${parseEther("1").toString(16)}`],
    })
    process.env.CHALLENGER_TEST_KEY = KEY.privateKey
  })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onus-challenger-"))
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  after(async () => {
    delete process.env.CHALLENGER_TEST_KEY
    await chain.close()
  })

  const load = async (...set: string[]) => {
    const file = join(folder, "onus-challenger.toml")
    writeFileSync(
      file,
      `[chain]\nrpc = ["${chain.url}"]\nchain_id = 31337\nregistry = "${chain.registry}"\nconfirmations = 3\npoll = "100ms"\nstalled_after = "1h"
[keys.sending]\nraw_env = "CHALLENGER_TEST_KEY"\nallow_raw_key = true
[metrics]\nport = 0\n[checks]\nwarn_clock_skew = "1h"\nmin_disk = "1KiB"\n[log]\nlevel = "silent"`,
    )
    return (await loadChallengerConfig({ config: file, set, environment: {} })).config
  }

  /** Runs it until something holds. */
  async function running(
    doubles: Doubles | undefined,
    options: { set?: string[]; watchOnly?: boolean; dryRun?: boolean },
    look: (ask: (path: string) => Promise<{ status: number; text: string }>) => Promise<unknown>,
  ): Promise<number> {
    const { set = [], ...mode } = options
    const port = await freePort()
    const config = await load(`metrics.port=${port}`, ...set)
    const end = new AbortController()
    const ended = runChallenger(config, { configPath: "test", signal: end.signal, ...mode }, doubles?.compose)
    const ask = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`)
      return { status: response.status, text: await response.text() }
    }
    try {
      await Promise.race([
        ended.then((code) => Promise.reject(new Error(`It ended with ${code}`))),
        look(ask),
      ])
    } finally {
      end.abort()
    }
    return ended
  }

  const until = async (holds: () => boolean | Promise<boolean>) => {
    for (let i = 0; i < 1500; i++) {
      if (await holds()) return
      await pause(20)
    }
    throw new Error("It never came about")
  }
  const failing = async (set: string[], watchOnly = false) => {
    const config = await load("metrics.port=0", ...set)
    return runChallenger(config, { configPath: "test", watchOnly }, new Doubles().compose).then(
      () => undefined,
      (error: unknown) => error as OnusError,
    )
  }

  it("reads what was missed before anything else, follows heads, shows how it stands, and ends with 0", async () => {
    const doubles = new Doubles()
    const code = await running(doubles, {}, async (ask) => {
      await until(() => doubles.calls.includes("play") && doubles.calls.includes("inbox"))
      expect(doubles.calls[0]).to.equal("events")
      const height = doubles.views.at(-1).head.latest.number
      await chain.connection.provider.request({ method: "hardhat_mine", params: ["0x1"] })
      await until(() => doubles.views.at(-1).head.latest.number > height)
      const view = doubles.views.at(-1)
      expect(view.balance).to.equal(parseEther("1"))
      expect(view.clock > 0n && view.baseFee > 0n).to.equal(true)
      expect((await ask("/healthz")).status).to.equal(200)
      expect((await ask("/readyz")).status).to.equal(200)
      doubles.hooks!.found("match", 0.2)
      await until(async () => (await ask("/metrics")).text.includes("onus_dispute_next_deadline_ratio"))
      const { text } = await ask("/metrics")
      for (const line of [
        'onus_receipts{state="match"} 3',
        'onus_disputes{role="challenger",state="open"} 2',
        'onus_bond_wei{role="challenger",state="at_risk"} 2',
        'onus_reward_units{state="claimable"} 8',
        'onus_verifications_total{role="challenger",verdict="match"} 1',
        "onus_coverage_ratio 0.75",
        'onus_cursor_block{chain="31337",cursor="batches"} 7',
        'onus_forecast{agreement="unknown",leader="challenger"} 1',
        'onus_alerts_open{code="MoveDue",severity="critical"} 1',
      ])
        expect(text).to.include(line)
    })
    expect(code).to.equal(0)
    expect(doubles.calls.slice(doubles.calls.indexOf("stop"))).to.include("close")
    expect(doubles.mode).to.deep.equal({ dryRun: false, watchOnly: false })
  })

  it("as a monitor needs no key, plays nothing, and tells of disputes that end otherwise than it computes", async () => {
    const doubles = new Doubles()
    doubles.verdict = "match"
    doubles.standing = { receiptId: RECEIPT, leader: "challenger", isOver: true }
    const set = ["keys.sending.raw_env=NOT_THERE"]
    const code = await running(doubles, { watchOnly: true, set }, async (ask) => {
      await until(async () =>
        (await ask("/metrics")).text.includes('onus_disagreements{winner="challenger"} 1'),
      )
      const { text } = await ask("/metrics")
      expect(text).to.include('onus_alerts_open{code="DisputeEndedOtherwise",severity="critical"} 1')
      expect(text).not.to.match(/^onus_balance_wei\{/m)
    })
    expect(code).to.equal(0)
    expect(doubles.views.every(({ balance }) => balance === undefined)).to.equal(true)
    expect(doubles.calls).not.to.include("play")
  })

  it("has an answer run that was not drawn, when others dispute it", async () => {
    const doubles = new Doubles()
    doubles.verdict = "passed"
    await running(doubles, { watchOnly: true }, () => until(() => doubles.calls.includes("want")))
  })

  it("begins nothing with too few coins, and says so", async () => {
    await running(new Doubles(), { set: ["gas.reserve=2", "gas.warn_below=3"] }, async (ask) => {
      await until(async () => (await ask("/readyz")).text.includes("GasTooLow"))
    })
  })

  it("ends with 2 when final blocks are replaced", async () => {
    const doubles = new Doubles()
    const config = await load("metrics.port=0")
    const ended = runChallenger(config, { configPath: "test" }, doubles.compose)
    await until(() => doubles.calls.includes("play"))
    doubles.failure = new OnusError("ReorgTooDeep", "A final block is another one")
    await chain.connection.provider.request({ method: "hardhat_mine", params: ["0x1"] })
    expect(await ended).to.equal(2)
  })

  it("names what is wrong when it cannot start", async () => {
    const codeOf = async (set: string[], watchOnly = false) => (await failing(set, watchOnly))?.code
    expect(await codeOf(["chain.chain_id=1"])).to.equal("ChainMismatch")
    expect(await codeOf([`chain.registry=${KEY.address}`])).to.equal("ContractMissing")
    expect(await codeOf(["keys.sending.raw_env=NOT_THERE"])).to.equal("KeyMissing")
    expect(await codeOf(["models.folder=not-there"])).to.equal("FolderUnusable")
    expect(await codeOf(["export.folder=onus-challenger.toml/evidence"])).to.equal("FolderUnusable")
    expect(await codeOf(["chain.rpc=http://127.0.0.1:1"])).to.equal("RpcUnreachable")
  })

  it("with its real parts starts, takes what is handed in, ends, and starts again as a monitor", async () => {
    const inbox = await freePort()
    const models = `models.folder=${join(process.cwd(), "models")}`
    const set = [models, `inbox.port=${inbox}`, "inbox.folder=inbox", "fetch.allow_private=true"]
    const modes = [{}, { dryRun: true }, { watchOnly: true }]
    for (const mode of modes) {
      const code = await running(undefined, { set, ...mode }, async (ask) => {
        await until(async () => (await ask("/readyz").catch(() => ({ status: 0 }))).status === 200)
        const response = await fetch(`http://127.0.0.1:${inbox}/v1/receipts`, { method: "POST", body: "{}" })
        expect(response.status).to.equal(400)
        expect(await response.json()).to.include({ code: "BundleMalformed" })
        if (mode !== modes[0]) return
        writeFileSync(join(folder, "inbox", "wrong.json"), "[]")
        await until(() => existsSync(join(folder, "inbox", "refused", "wrong.json")))
        await until(async () => (await ask("/metrics")).text.includes('onus_receipts{state="unchecked"} 0'))
      })
      expect(code).to.equal(0)
    }
  })

  it("refuses a book that another one has", async () => {
    const doubles = new Doubles()
    await running(doubles, {}, async () => {
      await until(() => doubles.calls.includes("play"))
      const error = await failing([])
      expect(error?.code).to.equal("LockHeld")
      expect(error?.message).to.include(`process ${process.pid}`)
    })
  })
})
