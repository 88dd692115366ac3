import { spawnSync } from "node:child_process"
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "chai"
import { Refused } from "./stage/client.ts"
import { rootDemand } from "./stage/challenger.ts"
import { eventually } from "./stage/eventually.ts"
import { Stage } from "./stage/stage.ts"

describe("Drill: the disk is full", () => {
  let stage: Stage
  let disk: string

  beforeEach(async function () {
    stage = await Stage.open()
    disk = join(stage.folder, "disk")
    mkdirSync(disk)
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "onus-drill", disk])
    // Only an administrator can make a small disk.
    if (mounted.status !== 0) this.skip()
  })
  afterEach(async () => {
    await stage.kill()
    spawnSync("umount", [disk])
    await stage.close()
  })

  it("takes no work, stays alive, answers challenges as far as it can, and goes on when there is room", async () => {
    const node = await stage.start({ journal: join(disk, "journal.db") })
    await stage.books.many(node, 3)
    await stage.balance(node)
    const [{ receiptId }] = stage.books.receipts
    const standing = await stage.books.standing(node, receiptId)

    const ballast = join(disk, "ballast")
    const { bavail, bsize } = statfsSync(disk)
    writeFileSync(ballast, Buffer.alloc(bavail * bsize))
    let refusals = 0
    for (let i = 0; refusals < 3; i++) {
      // What is written before in the same file may still fit.
      const refusal = await stage.books.infer(node, { picture: i }).catch((error: unknown) => error)
      if (!(refusal instanceof Error)) continue
      expect(refusal).to.be.instanceOf(Refused).with.property("status", 503)
      refusals++
    }
    await node.unready(/disk|journal|full/i)
    expect(await node.status("/healthz")).to.equal(200)
    await eventually("an alert", () => stage.alerts.some(({ code }) => /Disk|Full/.test(code)))
    await stage.challenger.demand(standing, [rootDemand])
    await stage.chain.mine(5)

    rmSync(ballast)
    await node.ready()
    await eventually("the demand is answered", async () => (await stage.challenger.answered()) === 1, {
      meanwhile: () => stage.chain.mine(),
    })
    await stage.books.many(node, 3)
    await stage.balance(node)
    await node.stop()
  })
})
