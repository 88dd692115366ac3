import {
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
  closeSync,
  readdirSync,
} from "node:fs"
import { basename, dirname, join } from "node:path"
import { expect } from "chai"
import { Refused, randomId } from "./stage/client.ts"
import { ownTransactions } from "./stage/effects.ts"
import { eventually } from "./stage/eventually.ts"
import { long } from "./stage/selection.ts"
import { Stage } from "./stage/stage.ts"

describe("Drill: the journal", () => {
  let stage: Stage

  beforeEach(async () => {
    stage = await Stage.open()
  })
  afterEach(() => stage.close())

  /** All files of a database. */
  const filesOf = (journal: string): string[] =>
    readdirSync(dirname(journal))
      .filter((name) => name.startsWith(basename(journal)))
      .map((name) => join(dirname(journal), name))

  const copy = (from: string, to: string) => {
    for (const file of filesOf(to)) rmSync(file)
    for (const file of filesOf(from)) copyFileSync(file, to + file.slice(from.length))
  }

  it("double start: the second ends with 73 and names the first, which notices nothing", async () => {
    const first = await stage.start()
    await stage.books.many(first, 2)
    const second = await stage.launch()
    await second.ends({ code: 73 })
    expect(second.tail()).to.contain(String(first.pid))
    await stage.books.many(first, 2)
    await stage.balance(first)
    // What died without a word holds nothing.
    await first.kill()
    const third = await stage.start()
    await stage.balance(third)
    await third.stop()
  })

  it("a restored backup: refused until the operator says so, and no request of old is signed anew", async () => {
    const backup = join(stage.folder, "backup.db")
    const node = await stage.start()
    const known = { requestId: randomId(), picture: 1 }
    const { receiptId: first } = await stage.books.infer(node, known)
    await stage.balance(node)
    await node.stop()
    copy(stage.journal, backup)

    const later = await stage.start()
    const forgotten = { requestId: randomId(), picture: 2 }
    await stage.books.infer(later, forgotten)
    await stage.balance(later)
    await later.stop()
    copy(backup, stage.journal)

    const sent = (await ownTransactions(stage.client)).length
    const refusing = await stage.launch()
    const exit = await eventually("it refuses to start", () => refusing.exit)
    expect(exit.code).to.not.equal(0)
    expect(refusing.said("JournalBehindChain"), refusing.tail()).to.equal(true)

    const restored = await stage.start({ args: ["--restored"] })
    for (const picture of [2, 3]) {
      const refusal = await stage.books
        .infer(restored, { ...forgotten, picture })
        .catch((error: unknown) => error)
      expect(refusal, "an id that was chosen by a client").to.be.instanceOf(Refused)
      expect((refusal as Refused).status).to.be.within(400, 499)
    }
    // What the backup knows is shown as before.
    await stage.books.standing(restored, first)
    const { receiptId } = await stage.books.infer(restored, { picture: 4 })
    await stage.books.standing(restored, receiptId, { meanwhile: () => stage.chain.mine() })
    await stage.chain.mine(10)
    expect((await ownTransactions(stage.client)).length).to.equal(sent + 1)
    await restored.stop()

    // It remembers by itself that it was restored.
    const again = await stage.start()
    const refusal = await stage.books.infer(again, forgotten).catch((error: unknown) => error)
    expect(refusal).to.be.instanceOf(Refused)
    await again.stop()
  })

  long("an older copy of the file with nothing anchored since: refused by the mark beside it", async () => {
    const backup = join(stage.folder, "backup.db")
    const node = await stage.start()
    await stage.books.infer(node, { picture: 1 })
    await stage.balance(node)
    await node.stop()
    copyFileSync(stage.journal, backup)

    const later = await stage.start()
    const { run } = markOf(stage.journal)
    await later.kill()
    for (const file of filesOf(stage.journal)) if (!file.endsWith(".mark")) rmSync(file)
    copyFileSync(backup, stage.journal)

    const refusing = await stage.launch()
    await refusing.ends({ code: 2 })
    expect(refusing.said("JournalBehindMark"), refusing.tail()).to.equal(true)
    expect(refusing.said("--restored")).to.equal(true)
    expect(markOf(stage.journal).run).to.equal(run)

    const restored = await stage.start({ args: ["--restored"] })
    await restored.stop()
    const again = await stage.start()
    await again.stop()
  })

  long("a lost journal: refused, as the chain knows of anchors that it does not", async () => {
    const node = await stage.start()
    await stage.books.many(node, 2)
    await stage.balance(node)
    await node.stop()
    for (const file of filesOf(stage.journal)) rmSync(file)
    const refusing = await stage.launch()
    const exit = await eventually("it refuses to start", () => refusing.exit)
    expect(exit.code).to.not.equal(0)
    expect(refusing.said("JournalBehindChain"), refusing.tail()).to.equal(true)
  })

  long("a corrupt one: refused by its name, and nothing of it repaired", async () => {
    const node = await stage.start()
    await stage.books.many(node, 20)
    await node.stop()
    spoil(stage.journal)
    const sent = (await ownTransactions(stage.client)).length
    const before = readFileSync(stage.journal)
    const refusing = await stage.launch()
    const exit = await eventually("it refuses to start", () => refusing.exit)
    expect(exit.code).to.not.equal(0)
    expect(refusing.said("DatabaseMalformed"), refusing.tail()).to.equal(true)
    expect(refusing.said("journal.db")).to.equal(true)
    expect(readFileSync(stage.journal).equals(before), "the file is as it was").to.equal(true)
    expect(await ownTransactions(stage.client)).to.have.length(sent)
  })

  long("a file of something else: refused, and left alone", async () => {
    copyFileSync(join(import.meta.dirname, "..", "..", "README.md"), stage.journal)
    const before = readFileSync(stage.journal)
    const refusing = await stage.launch()
    const exit = await eventually("it refuses to start", () => refusing.exit)
    expect(exit.code).to.not.equal(0)
    expect(readFileSync(stage.journal).equals(before)).to.equal(true)
    expect(existsSync(`${stage.journal}-wal`)).to.equal(false)
  })
})

/** What the mark beside a journal says. */
const markOf = (journal: string) =>
  JSON.parse(readFileSync(`${journal}.mark`, "utf8")) as { run: string; claims: number }

/** Overwrites a stretch in the middle of a file, as a bad disk does. */
function spoil(path: string): void {
  const { size } = statSync(path)
  const file = openSync(path, "r+")
  writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, 4096 * Math.floor(size / 4096 / 2))
  closeSync(file)
}
