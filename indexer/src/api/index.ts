import { Hono } from "hono"
import { client, graphql } from "ponder"
import { db } from "ponder:api"
import schema from "ponder:schema"
import { handle } from "../../../src/facts/index/handle.ts"
import { factsOf } from "../../../src/facts/query/facts.ts"
import { ask, settings } from "../deployment.ts"
import { headOf } from "./head.ts"
import { measureLag } from "./metrics.ts"
import { type Database, TableReader, indexed } from "./reader.ts"
import { onlyReading } from "./sql.ts"
import { uncover } from "./uncover.ts"

const set = settings()
const chainId = Number(await ask(set.rpc, "eth_chainId", []))
const head = headOf(set.rpc)
const database = db as unknown as Database
const facts = factsOf(new TableReader(database, set, chainId, head))
measureLag(() => indexed(database), head)

const app = new Hono()
if (!process.env.DATABASE_URL)
  app.use("/sql/*", async (_, next) => {
    await uncover(database)
    await next()
  })
app.use("/sql/*", onlyReading, client({ db, schema }))
app.use("/graphql", graphql({ db, schema }))
app.get("/v1/*", async (context) => {
  const { status, body } = await handle(facts, new URL(context.req.url), console.error)
  return context.body(body, status as 200, { "content-type": "application/json" })
})

export default app
