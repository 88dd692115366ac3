import { expect } from "chai"
import { OnusError } from "../../src/protocol/errors.ts"
import { withFallback } from "../../src/facts/fallback.ts"
import { everyItem } from "../../src/facts/pages.ts"
import type { AsOf, Facts } from "../../src/facts/source.ts"
import { expectError } from "../sdk/expect-error.ts"
import { AS_OF, provider } from "./rows.ts"

/** Facts that say whose they are, as of some block. */
const factsOf = (origin: AsOf["origin"], about: Partial<AsOf> = {}, failure?: Error) => {
  let asked = 0
  const answer = () => {
    asked++
    if (failure) return Promise.reject(failure)
    const asOf = { ...AS_OF, origin, ...about }
    return Promise.resolve({ asOf, data: null })
  }
  const facts = { provider: answer, status: () => answer().then(({ asOf }) => asOf) } as unknown as Facts
  return { facts, times: () => asked }
}

describe("facts of an index with the chain behind it", () => {
  let opened = 0
  const chain = factsOf("chain")
  const over = (index: Facts, { head = 100, opening = () => Promise.resolve(chain.facts) } = {}) =>
    withFallback({
      index,
      chain: () => {
        opened++
        return opening()
      },
      head: () => Promise.resolve(head),
      chainId: AS_OF.chainId,
      registry: AS_OF.registry.toUpperCase().replace("X", "x"),
      finality: "latest",
      maxLagBlocks: 10,
    })

  beforeEach(() => (opened = 0))

  it("are the index's while it is up to date; the chain is not even opened", async () => {
    const facts = over(factsOf("index", { block: 90 }).facts)
    expect((await facts.provider("")).asOf.origin).to.equal("index")
    expect((await facts.status()).origin).to.equal("index")
    expect(opened).to.equal(0)
  })

  it("are the chain's when the index is behind, of another registry or chain, or less certain", async () => {
    for (const about of [
      { block: 89 },
      { block: 111 },
      { registry: "0x" },
      { chainId: 1 },
      { finality: "safe" },
      { block: NaN },
    ] as const)
      expect((await over(factsOf("index", about).facts).provider("")).asOf.origin).to.equal("chain")
  })

  it("are the chain's when the index says nothing that an index would say", async () => {
    const nothing = { status: () => Promise.resolve(null) } as unknown as Facts
    expect((await over(nothing).status()).origin).to.equal("chain")
  })

  it("are the index's when both go on faster than the latest block is asked for", async () => {
    const about = { block: 100 }
    const heads = [100, 130]
    const facts = withFallback({
      index: factsOf("index", about).facts,
      chain: () => Promise.resolve(chain.facts),
      head: () => Promise.resolve(heads.shift()!),
      chainId: AS_OF.chainId,
      registry: AS_OF.registry,
      finality: "latest",
      maxLagBlocks: 10,
    })
    expect((await facts.status()).block).to.equal(100)
    about.block = 130
    expect(await facts.status()).to.include({ block: 130, origin: "index" })
  })

  it("are the chain's when the index fails, which is then left alone for a while", async () => {
    for (const failure of [new OnusError("IndexUnreachable", "it does not work"), new TypeError("a bug")]) {
      const index = factsOf("index", {}, failure)
      const facts = over(index.facts)
      for (let i = 0; i < 3; i++) expect((await facts.status()).origin).to.equal("chain")
      expect(index.times()).to.equal(1)
    }
    expect(opened).to.equal(2)
  })

  it("refuse a wrong question as the index does", async () => {
    const facts = over(factsOf("index", {}, new OnusError("AddressInvalid", "that is none")).facts)
    await expectError("AddressInvalid", () => facts.provider(""))
    expect(opened).to.equal(0)
  })

  it("believe the index about its lag when the node does not answer", async () => {
    const index = factsOf("index", { block: 50, lagBlocks: 3 })
    const facts = withFallback({
      index: index.facts,
      chain: () => Promise.reject(new Error("not needed")),
      head: () => Promise.reject(new Error("no node")),
      chainId: AS_OF.chainId,
      registry: AS_OF.registry,
      finality: "latest",
      maxLagBlocks: 10,
    })
    expect((await facts.status()).origin).to.equal("index")
  })

  it("open the chain again when that has failed", async () => {
    const failure = factsOf("index", { block: 1 })
    let tries = 0
    const facts = over(failure.facts, {
      opening: () =>
        ++tries === 1
          ? Promise.reject(new OnusError("RpcUnreachable", "later"))
          : Promise.resolve(chain.facts),
    })
    await expectError("RpcUnreachable", () => facts.status())
    expect((await facts.status()).origin).to.equal("chain")
  })
})

describe("a list that is gone through", () => {
  const pages = [["a", "b"], ["c"], []]
  const read =
    (cursors: (string | undefined)[]) =>
    ({ cursor }: { readonly cursor?: string }) => {
      cursors.push(cursor)
      const at = Number(cursor ?? 0)
      const next = at + 1 < pages.length ? { cursor: String(at + 1) } : {}
      const items = pages[at].map((id) => provider(id))
      return Promise.resolve({ asOf: AS_OF, data: { items, total: 3, ...next } })
    }

  it("gives every item, page by page", async () => {
    const cursors: (string | undefined)[] = []
    const ids: string[] = []
    for await (const { id } of everyItem(read(cursors))) ids.push(id)
    expect(ids).to.deep.equal(["a", "b", "c"])
    expect(cursors).to.deep.equal([undefined, "1", "2"])
  })

  it("asks for no more pages than are read", async () => {
    const cursors: (string | undefined)[] = []
    for await (const { id } of everyItem(read(cursors))) if (id === "a") break
    expect(cursors).to.have.length(1)
  })
})
