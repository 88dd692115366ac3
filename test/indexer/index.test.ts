import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { IndexProcess } from "../../scripts/index/process.ts"
import type { ChainFacts } from "../../src/facts/chain/open.ts"
import { openIndexFacts } from "../../src/facts/index/open.ts"
import type { Facts } from "../../src/facts/source.ts"
import { freePort } from "../../src/tour/process.ts"
import { everything } from "../facts/everything.ts"
import { companionsOf, follow } from "../facts/follow.ts"
import { compare } from "../facts/history/compare.ts"
import { play } from "../facts/history/play.ts"
import { height, rewrite } from "../facts/history/rewrite.ts"
import { type World, createWorld } from "../facts/history/world.ts"
import { type Served, serve } from "../facts/serve.ts"
import { type PostgresServer, startPostgres } from "../helpers/postgres.ts"

const LONG = process.env.ONUS_LONG === "1"
/** Few: blocks that are not final take the index longer than those before. */
const ACTIONS = LONG ? Number(process.env.ONUS_COUNT ?? 2000) : 100
const SEED = Number(process.env.ONUS_SEED ?? 2)

describe("The index", () => {
  let world: World
  let served: Served
  let chain: ChainFacts
  let folder: string
  let index: IndexProcess
  let facts: Facts

  const start = async (place: { readonly folder: string } | { readonly database: string }): Promise<void> => {
    index = new IndexProcess({
      rpc: served.url,
      registry: world.registry.address,
      companions: await companionsOf(world),
      port: await freePort(),
      polling: 100,
      ...place,
    })
    facts = openIndexFacts({ url: index.url })
    await index.reach(await height(world))
  }
  const same = async (): Promise<void> => {
    await chain.refresh()
    expect(await everything(facts)).to.deep.equal(await everything(chain))
  }

  before(async () => {
    world = await createWorld(SEED)
    served = await serve(world.connection)
    chain = await follow(world, served.url)
    await play(world, ACTIONS)
    folder = mkdtempSync(join(tmpdir(), "onus-index-"))
    await start({ folder })
  })
  after(async () => {
    await index?.stop()
    chain.close()
    served.close()
    await world.connection.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it(`agrees with the contracts about ${ACTIONS} random actions`, async () => {
    expect(await compare(world, facts)).to.be.greaterThan(ACTIONS)
  })

  it("says the same as the chain read alone", same)

  it("follows while more happens", async () => {
    await play(world, 10)
    await index.reach(await height(world))
    await same()
  })

  it("follows when the last blocks are undone and others come in their place", async () => {
    expect(await rewrite(world, async () => index.reach(await height(world)))).to.be.at.least(12)
    await index.reach(await height(world))
    await compare(world, facts)
    await same()
  })

  it("answers GraphQL and SQL, and says how far it is behind", async () => {
    const query = '{ providers(orderBy: "active", orderDirection: "desc", limit: 1) { items { id active } } }'
    const response = await fetch(`${index.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    })
    const { data } = (await response.json()) as {
      data: { providers: { items: { id: string; active: string }[] } }
    }
    const [most] = (await facts.providers({ order: "stake", limit: 1 })).data.items
    expect(data.providers.items).to.deep.equal([{ id: most.id, active: String(most.active) }])
    const { rows } = await select("SELECT count(*) AS count FROM provider")
    expect(Number(rows[0].count)).to.equal((await facts.providers()).data.total)
    const metrics = await (await fetch(`${index.url}/metrics`)).text()
    expect(metrics)
      .to.match(/^onus_index_lag_blocks 0$/m)
      .and.to.match(/^onus_index_lag_seconds 0$/m)
    expect((await fetch(`${index.url}/ready`)).status).to.equal(200)
    const { headers } = await fetch(`${index.url}/v1/status`)
    expect(headers.get("access-control-allow-origin")).to.equal("*")
  })

  it("lets nobody change what it has", async () => {
    const refused = [
      "DELETE FROM provider",
      "SELECT pg_sleep(100)",
      "SELECT * FROM pg_shadow",
      "COPY provider TO '/tmp/x'",
    ]
    for (const query of refused) expect((await ask(query)).ok, query).to.equal(false)
    // Ponder remembers what it allows by forty bits of a hash, in which these two agree.
    expect((await ask("SELECT 492959")).ok).to.equal(true)
    expect((await ask("DELETE FROM provider WHERE id <> '238892'")).ok).to.equal(false)
    // Nor is what is looked at another statement than what is run.
    const json = { sql: "SELECT 1", params: [], typings: "DELETE FROM provider" }
    const swapped = JSON.stringify({ json, meta: { referentialEqualities: { typings: ["sql"] } } })
    expect((await fetch(`${index.url}/sql/db?sql=${encodeURIComponent(swapped)}`)).status).to.equal(400)
    expect((await facts.providers()).data.total).to.equal(world.people.providers.length)
  })

  const ask = (sql: string): Promise<Response> =>
    fetch(`${index.url}/sql/db?sql=${encodeURIComponent(JSON.stringify({ json: { sql, params: [] } }))}`)
  const select = async (sql: string) => (await (await ask(sql)).json()) as { rows: Record<string, string>[] }

  if (LONG)
    describe("in PostgreSQL", () => {
      let postgres: PostgresServer
      before(async () => {
        await index.stop()
        postgres = await startPostgres()
        await start({ database: postgres.url })
      })
      after(async () => {
        await index.stop()
        await postgres.stop()
      })

      it("says the same", same)

      it("says the same after it was stopped while the chain went on, and after a reorganisation", async () => {
        await index.stop()
        await play(world, 20)
        await start({ database: postgres.url })
        await same()
        await rewrite(world, async () => index.reach(await height(world)))
        await index.reach(await height(world))
        await same()
      })
    })
})
