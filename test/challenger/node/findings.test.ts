import { expect } from "chai"
import type { Known } from "../../../src/challenger/book.ts"
import { foldersOf } from "../../../src/challenger/node/fetching.ts"
import { findings } from "../../../src/challenger/node/findings.ts"
import { type Log, silentLog } from "../../../src/service/log.ts"
import { idOf, receiptOf, signed } from "../book/samples.ts"

describe("what a challenger tells of its findings", () => {
  it("names who is to be asked about what cannot be judged, and why", () => {
    const said: unknown[] = []
    const found: string[] = []
    const log: Log = { ...silentLog, info: (values) => void said.push(values) }
    const hooks = { found: (verdict: string) => void found.push(verdict) }
    const tell = findings({ export: { folder: "nowhere" } }, { instruments: { log } }, {} as never, hooks)
    const receipt = receiptOf(1)
    const known = { ...signed(receipt), id: idOf(receipt) } as unknown as Known
    const { id } = known
    const { provider, modelId } = receipt
    tell(known, { verdict: "match" }, 1)
    tell(known, { verdict: "passed", reason: "not drawn" }, 1)
    const reason = "127.0.0.1 does not answer"
    tell(known, { verdict: "unfetchable", reason, isFinal: false }, 1)
    tell(known, { verdict: "differs", reason: "ModelTooLarge" }, 1)
    expect(found).to.deep.equal(["match", "unfetchable", "differs"])
    expect(said).to.deep.equal([
      { receiptId: id, provider, modelId, verdict: "unfetchable", reason },
      { receiptId: id, provider, modelId, verdict: "differs", reason: "ModelTooLarge" },
    ])
  })

  it("two books with one folder have each their own for what they may remove", () => {
    const folders = [1, 1, 2].map((seed) =>
      foldersOf({ book: { url: "", folder: "/book" } }, new Uint8Array(32).fill(seed)),
    )
    expect(folders[0]).to.deep.equal(folders[1])
    const all = folders.slice(1).flatMap(({ inputs, models }) => [inputs, models])
    expect(new Set(all).size).to.equal(4)
  })
})
