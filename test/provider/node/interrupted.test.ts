import { expect } from "chai"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { OnusError } from "../../../src/protocol/errors.ts"
import { countedJournal } from "../../../src/provider/cover/counted-journal.ts"
import { ofOne } from "../../../src/provider/cover/promises.ts"
import { StakeCover } from "../../../src/provider/cover/stake-cover.ts"
import type { Journal } from "../../../src/provider/journal.ts"
import { openJournal } from "../../../src/provider/journal/open.ts"
import { Interrupted } from "../../../src/provider/node/interrupted.ts"
import type { Pool } from "../../../src/pool/pool.ts"
import { openPool } from "../../../src/pool/open.ts"
import { Readiness } from "../../../src/service/readiness.ts"
import { silentLog } from "../../../src/service/log.ts"
import type { Database } from "../../../src/store/database.ts"
import { openDatabase } from "../../../src/store/open.ts"
import { expectError } from "../../sdk/expect-error.ts"
import { REGISTRY, digits, issuerOver, picture, wishes } from "../parts.ts"

describe("claims that nobody works on", () => {
  const program = digits()
  const question = (id: number) => ({ modelId: program.modelId, inputs: picture(), wishes: wishes(id) })
  let folder: string
  let pool: Pool
  let database: Database
  let journal: Journal
  let cover: StakeCover

  before(async () => (pool = await openPool([{ program }])))
  after(() => pool.close())
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "onus-interrupted-"))
    database = await openDatabase(`sqlite:${join(folder, "node.db")}`)
    journal = await openJournal(database, REGISTRY)
    cover = new StakeCover({ promises: ofOne(journal, 1), readiness: new Readiness(), least: 1n })
    await look()
  })
  afterEach(async () => {
    await database.close()
    rmSync(folder, { recursive: true })
  })

  const look = () =>
    cover.refresh({
      capacity: 100n,
      locked: 0n,
      block: { number: 1, hash: "0x1", parentHash: "0x", timestamp: 1 },
    })

  /** An issuer whose next claim gets onto the disk, and nobody hears of it. */
  function openFailing() {
    let isFailing = true
    const claim: Journal["claim"] = async (wanted) => {
      const result = await journal.claim(wanted)
      if (!isFailing) return result
      isFailing = false
      throw new OnusError("DatabaseUnavailable", "the connection broke")
    }
    return issuerOver(pool, { cover, journal: countedJournal({ ...journal, claim }, cover) }).issuer
  }

  it("are finished while the node runs, and what is promised is counted once from then on", async () => {
    const issuer = openFailing()
    await expectError("DatabaseUnavailable", () => issuer.answer(question(1)))
    const interrupted = new Interrupted({ journal, issuer, log: silentLog })
    await interrupted.tick()
    expect((await journal.counts()).waiting).equal(0)
    await interrupted.tick()
    expect(await journal.counts()).include({ interrupted: 0, waiting: 1 })
    await look()
    expect(cover.left).equal(90n)
  })

  it("hold their cover once when the client asks again", async () => {
    const issuer = openFailing()
    await expectError("DatabaseUnavailable", () => issuer.answer(question(1)))
    await issuer.answer(question(1))
    await issuer.settled()
    await look()
    expect(cover.left).equal(90n)
  })
})
