import { expect } from "chai"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ofReplica } from "../../../src/provider/cover/promises.ts"
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

  it("keep back what those have promised that live no more", async () => {
    const a = await Replicas.join(database, "a", 0.5, 1_000)
    await Replicas.join(database, "b", 0.3, 1_000)
    const sums = new Map([
      ["a", 10n],
      ["b", 20n],
      ["dead", 5n],
    ])
    const promised = (_: number, name?: string) =>
      Promise.resolve(
        name === undefined ? [...sums.values()].reduce((all, one) => all + one) : sums.get(name)!,
      )
    const promises = ofReplica({ promised }, { others: () => a.others(1_000) }, "a")
    expect([await promises.own(1), await promises.orphaned(1)]).deep.equal([10n, 5n])
  })
})
