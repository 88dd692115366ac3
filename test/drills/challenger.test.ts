import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { parseEther, toQuantity } from "ethers"
import {
  type Lie,
  equivocation,
  hiddenTrace,
  omission,
  withheldTrace,
  wrongElement,
} from "../../src/tour/provider/lies.ts"
import { Dispute } from "./stage/dispute.ts"
import { eventually } from "./stage/eventually.ts"
import { long, selection } from "./stage/selection.ts"

const GWEI = 10n ** 9n

/** Where a challenger dies on its way through one dispute: at each in turn, and it is started again. */
const WAYS: readonly (readonly [lie: Lie, points: readonly string[]])[] = [
  [
    hiddenTrace,
    [
      "logs-handled",
      "seeing",
      "accused",
      "play-approved",
      "play-commit-noted",
      "tx-intent",
      "tx-signed",
      "tx-sent",
      "play-demand-noted",
      "play-demand",
      "tx-mined",
      "play-convict-noted",
      "play-convict",
      "play-settle",
      "play-reward",
      "play-ended",
    ],
  ],
  [
    wrongElement,
    ["accused", "play-commit", "tx-sent", "play-convict-noted", "tx-signed", "play-reward-noted"],
  ],
  [withheldTrace, ["play-demand-noted", "tx-sent", "play-convict", "play-settle-noted"]],
  [equivocation, ["accused", "play-commit", "play-convict-noted", "play-reward"]],
  [omission, ["accused", "play-omission-noted", "play-omission", "tx-sent", "play-convict", "play-settle"]],
]
const FEW: typeof WAYS = [[hiddenTrace, ["play-demand", "tx-sent"]]]

describe("Drill: a challenger", () => {
  let dispute: Dispute
  afterEach(() => dispute.close())

  for (const [lie, points] of selection(WAYS, FEW)) {
    it(`killed at ${points.length} points, one after the other, wins against a ${lie.name} all the same, and leaves no bond twice`, async () => {
      dispute = await Dispute.open(lie)
      await dispute.tell()
      for (const failpoint of points) {
        const failing = await dispute.launch({ failpoint })
        // It may die at once, or while something is handed in: the next one is given it again.
        await failing.ready().catch((error: unknown) => {
          if (!failing.exit) throw error
        })
        await dispute.handIn().catch(() => undefined)
        await dispute.play(failing)
        // What is over waits until that is final.
        await eventually("it dies", () => failing.exit, { meanwhile: () => dispute.chain.mine() })
        await failing.crashes()
      }
      const challenger = await dispute.start()
      await dispute.handIn()
      await dispute.play(challenger)
      await dispute.expectWon()
      await dispute.stop(challenger)
    })
  }

  long("killed in the middle wins, also if its provider serves nothing any more", async () => {
    dispute = await Dispute.open(hiddenTrace)
    const failing = await dispute.start({ failpoint: "play-demand" })
    await dispute.tell()
    await dispute.play(failing)
    await failing.crashes()
    await dispute.hush()
    const challenger = await dispute.start()
    await dispute.play(challenger)
    await dispute.expectWon()
    await dispute.stop(challenger)
  })

  long("whose RPC is away in the middle of a dispute waits, and wins", async () => {
    dispute = await Dispute.open(hiddenTrace)
    const challenger = await dispute.start()
    await dispute.tell()
    await dispute.play(challenger, () => dispute.affair !== undefined)
    await dispute.proxy.down()
    await challenger.unready(/RpcUnreachable/)
    expect(await challenger.status("/healthz")).to.equal(200)
    await dispute.proxy.up()
    await challenger.ready()
    await dispute.play(challenger)
    await dispute.expectWon()
    await dispute.stop(challenger)
  })

  for (const [title, method, fault] of [
    ["429", "*", { kind: "status", status: 429 }],
    ["no receipts", "eth_getTransactionReceipt", { kind: "result", result: null }],
    ["no logs", "eth_getLogs", { kind: "result", result: [] }],
    ["rubbish for a call", "eth_call", { kind: "result", result: "0x" }],
    ["that it took what it drops", "eth_sendRawTransaction", { kind: "drop" }],
  ] as const) {
    long(`told ${title} by its RPC for a while accuses nobody else and wins`, async () => {
      dispute = await Dispute.open(withheldTrace)
      const challenger = await dispute.start()
      await dispute.tell()
      const before = dispute.proxy.calls.length
      dispute.proxy.fault(method, fault)
      const hits = () => dispute.proxy.calls.slice(before).filter((call) => call.fault !== undefined).length
      await eventually("the lie was told", () => hits() >= 5, { meanwhile: () => dispute.chain.mine() })
      dispute.heal()
      await dispute.play(challenger)
      await dispute.expectWon()
      await dispute.stop(challenger)
    })
  }

  long("behind an RPC that lags by three blocks wins", async () => {
    dispute = await Dispute.open(hiddenTrace)
    dispute.proxy.lag(3)
    const challenger = await dispute.start()
    await dispute.tell()
    await dispute.play(challenger)
    await dispute.expectWon()
    await dispute.stop(challenger)
  })

  long("whose commitment is undone by a reorganisation makes it again", async () => {
    dispute = await Dispute.open(wrongElement)
    await dispute.tell()
    const { rpc } = dispute.chain
    await dispute.chain.mine(5)
    const challenger = await dispute.start()
    const snapshot = (await rpc.send("evm_snapshot", [])) as string
    await eventually("it has sent something", async () => (await dispute.transactions()).length > 0)
    await rpc.send("evm_revert", [snapshot])
    await dispute.chain.mine(2)
    await dispute.play(challenger)
    await dispute.expectWon()
    await dispute.stop(challenger)
  })

  long("with too few coins waits for some, and wins", async () => {
    dispute = await Dispute.open(withheldTrace)
    await dispute.balance(parseEther("0.000001"))
    const challenger = await dispute.launch()
    await challenger.unready(/GasTooLow/)
    await dispute.tell()
    await dispute.chain.mine(5)
    await eventually("it says so", () => dispute.webhook.alerts.some(({ code }) => code === "GasLow"))
    expect(await dispute.transactions()).to.deep.equal([])
    await dispute.balance(parseEther("10"))
    await challenger.ready()
    await dispute.play(challenger)
    await dispute.expectWon()
    await dispute.stop(challenger)
  })

  long("to whom gas is too dear waits, and wins when it is not", async () => {
    dispute = await Dispute.open(wrongElement)
    const challenger = await dispute.start({ config: { gas: { cap: "20", claim_cap: "10" } } })
    await dispute.tell()
    const mineDear = async () => {
      await dispute.chain.rpc.send("hardhat_setNextBlockBaseFeePerGas", [toQuantity(100n * GWEI)])
      await dispute.chain.mine()
    }
    await mineDear()
    await eventually("it means to send something", () => challenger.said("To be sent"), {
      meanwhile: mineDear,
    })
    for (let i = 0; i < 5; i++) await mineDear()
    expect(await dispute.transactions()).to.deep.equal([])
    await dispute.chain.rpc.send("hardhat_setNextBlockBaseFeePerGas", [toQuantity(GWEI)])
    await dispute.play(challenger)
    await dispute.expectWon()
    await dispute.stop(challenger)
  })

  long("whose disk is full begins nothing, says so, and wins when there is room", async function () {
    dispute = await Dispute.open(withheldTrace)
    const disk = mkdtempSync(join(tmpdir(), "onus-small-disk-"))
    // Only an administrator can make a small disk.
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "onus-drill", disk]).status !== 0) this.skip()
    try {
      const url = `sqlite:${join(disk, "book.db")}`
      const challenger = await dispute.start({ config: { book: { url } } })
      const ballast = join(disk, "ballast")
      const { bavail, bsize } = statfsSync(disk)
      writeFileSync(ballast, Buffer.alloc(bavail * bsize))
      await challenger.unready(/disk|book/i)
      await dispute.tell()
      await dispute.chain.mine(5)
      expect(await challenger.status("/healthz")).to.equal(200)
      await eventually("an alert", () => dispute.webhook.alerts.some(({ code }) => /Disk|Book/.test(code)))
      rmSync(ballast)
      await challenger.ready()
      await dispute.play(challenger)
      await dispute.expectWon()
      await dispute.stop(challenger)
    } finally {
      await dispute.kill()
      spawnSync("umount", [disk])
      rmSync(disk, { recursive: true, force: true })
    }
  })

  long(
    "is one: a second one with its book ends with 73, and a signal ends the first in the middle with 0",
    async () => {
      dispute = await Dispute.open(wrongElement)
      const first = await dispute.start()
      const second = await dispute.launch()
      await second.ends({ code: 73 })
      expect(second.said(`process ${first.pid}`)).to.equal(true)
      await dispute.tell()
      await dispute.play(first, () => dispute.affair !== undefined)
      await dispute.stop(first)
      const again = await dispute.start()
      await dispute.play(again)
      await dispute.expectWon()
      await dispute.stop(again)
    },
  )
})
