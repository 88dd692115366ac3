import { expect } from "chai"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Replicas } from "../../../src/provider/reconcile/replicas.ts"
import type { Database } from "../../../src/store/database.ts"
import { openDatabase } from "../../../src/store/open.ts"
import { expectError } from "../../sdk/expect-error.ts"

describe("replicas of one provider", () => {
  let folder: string
  let database: Database

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "onus-replicas-"))
    database = await openDatabase(`sqlite:${join(folder, "node.db")}`)
  })

  afterEach(async () => {
    await database.close()
    rmSync(folder, { recursive: true })
  })

  it("may promise the whole stake together, and not more", async () => {
    const a = await Replicas.join(database, "a", 0.5, 1_000)
    await Replicas.join(database, "b", 0.5, 1_000)
    expect(await a.others(1_000)).deep.equal(["b"])
    const error = await expectError("SharesTooLarge", () => Replicas.join(database, "c", 0.1, 1_000))
    expect(error.message).contain("a: 0.5, b: 0.5, c: 0.1")
    expect(await a.others(1_000)).deep.equal(["b"])
  })

  it("come back under their own name, and count no more when they are silent or gone", async () => {
    const a = await Replicas.join(database, "a", 0.6, 1_000)
    await Replicas.join(database, "a", 1, 2_000)
    await expectError("SharesTooLarge", () => Replicas.join(database, "b", 0.1, 3_000))
    const b = await Replicas.join(database, "b", 0.1, 62_001)
    await b.leave()
    await a.beat(62_001)
    expect(await a.others(62_001)).deep.equal([])
  })
  it("take no share back that another one has got while they were silent, until there is room again", async () => {
    const a = await Replicas.join(database, "a", 0.5, 1_000)
    const b = await Replicas.join(database, "b", 0.5, 1_000)
    await b.beat(60_000)
    const c = await Replicas.join(database, "c", 0.5, 62_000)
    await expectError("SharesTooLarge", () => a.beat(63_000))
    expect(await b.others(63_000)).deep.equal(["c"])
    await c.leave()
    await a.beat(64_000)
    expect(await b.others(64_000)).deep.equal(["a"])
  })

  it("know themselves when they stood still for so long that others think them dead", async () => {
    const a = await Replicas.join(database, "a", 1)
    expect(a.isHeard).equal(true)
    const { now } = Date
    try {
      const later = now() + 61_000
      Date.now = () => later
      expect(a.isHeard).equal(false)
      await a.beat()
      expect(a.isHeard).equal(true)
    } finally {
      Date.now = now
    }
  })

  it("fill the whole stake with decimals that are no exact binary fractions", async () => {
    await Replicas.join(database, "a", 0.07, 1_000)
    await Replicas.join(database, "b", 0.29, 1_000)
    await Replicas.join(database, "c", 0.64, 1_000)
  })

  it("go by the clock of the database", async () => {
    const a = await Replicas.join(database, "a", 0.5)
    await Replicas.join(database, "b", 0.5)
    await a.beat()
    expect(await a.others()).deep.equal(["b"])
    expect(await a.others(Date.now() + 120_000)).deep.equal([])
  })
})
