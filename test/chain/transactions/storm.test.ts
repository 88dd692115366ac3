import { expect } from "chai"
import fc from "fast-check"
import { Priority } from "../../../src/chain/transactions/transactions.ts"
import type { Database } from "../../../src/store/database.ts"
import { foreign, GWEI, Stage } from "./stage.ts"

/** What may happen between two ticks. */
const EVENTS = [
  "submit",
  "mine",
  "mine",
  "drop",
  "reorganise",
  "foreign",
  "dear",
  "cheap",
  "restart",
  "node fails",
  "node lies",
  "database fails",
  "database forgets to say so",
] as const
type Event = (typeof EVENTS)[number]

const DEPTH = 4

describe("Whatever happens, in whatever order", () => {
  let stage: Stage
  before(async () => (stage = await Stage.open()))
  after(() => stage.close())

  /** Somebody else's nonce comes free again, below those of everything in flight. */
  const GAP: Event[] = [
    "submit",
    "mine",
    "node fails",
    "foreign",
    ...Array<Event>(7).fill("submit"),
    "reorganise",
  ]

  it("has each effect once", async () => {
    const events = fc.array(fc.constantFrom(...EVENTS), { minLength: 12, maxLength: 30 })
    await fc.assert(fc.asyncProperty(events, run), { numRuns: 10, seed: 6, examples: [[GAP]] })
  })

  async function run(events: readonly Event[]): Promise<void> {
    await stage.reset()
    const inner = await stage.openDatabase()
    const faults = new Map<string, Error>()
    const lies = new Map<string, Error>()
    let trouble: Event | undefined
    const database: Database = {
      transact: async (statements) => {
        if (trouble === "database fails") throw new Error("disk full")
        const rows = await inner.transact(statements)
        if (trouble === "database forgets to say so") throw new Error("connection lost")
        return rows
      },
      query: (sql, ...values) => inner.query(sql, ...values),
      lock: (...names) => inner.lock(...names),
      close: () => inner.close(),
    }
    const policy = { raiseAfter: 1, inFlight: 4 }
    const open = () => stage.open({ database, policy, chain: stage.failing(faults, () => lies.size > 0) })
    let { transactions } = await open()
    const submitted = new Set<bigint>()
    /** Where the chain can be put back to: never behind what was final for a tick. */
    let past: { id: string; block: number }[] = []
    const submit = async () => {
      const amount = BigInt(submitted.size + 1)
      submitted.add(amount)
      const priority = (submitted.size % 3) as Priority
      const intent = stage.mint(`${amount}`, amount, { priority })
      // Whoever submits does so until it is known to be taken.
      await transactions.submit(intent).catch(() => (trouble = undefined))
      await transactions.submit(intent)
    }
    await submit()
    for (const event of events) {
      if (event === "submit") await submit()
      else if (event === "mine") await mine()
      else if (event === "drop")
        for (const { hash } of await stage.pool()) await stage.rpc("hardhat_dropTransaction", hash)
      else if (event === "reorganise" && past.length > 0)
        await stage.rpc("evm_revert", past.shift()!.id).then(() => (past = []))
      else if (event === "foreign") await steal()
      else if (event === "dear" || event === "cheap")
        await stage.setBaseFee(event === "dear" ? 30n * GWEI : GWEI)
      else if (event === "restart") ({ transactions } = await transactions.close().then(open))
      else if (event === "node fails" || event === "node lies") {
        for (const method of ["eth_sendRawTransaction", "eth_getTransactionReceipt"])
          faults.set(method, new Error("nonce too low"))
        if (event === "node lies") lies.set("all", new Error())
      } else trouble = event
      const head = await stage.head(DEPTH)
      await transactions
        .tick(head)
        .catch((error: unknown) => expect(trouble, String(error)).to.not.equal(undefined))
      past = past.filter(({ block }) => block >= head.final)
      faults.clear()
      lies.clear()
      trouble = undefined
    }
    await stage.setBaseFee(GWEI)
    for (const amount of submitted) await finish(amount)
    for (const amount of submitted) expect(await stage.effects(amount), `effects of ${amount}`).to.equal(1)

    async function mine(): Promise<void> {
      const block = await stage.chain.getBlockNumber()
      past.push({ id: (await stage.rpc("evm_snapshot")) as string, block })
      await stage.mine()
    }

    async function steal(): Promise<void> {
      const nonce = await stage.chain.getTransactionCount(stage.key.address)
      const { pool } = { pool: await stage.pool() }
      for (const { hash } of pool) await stage.rpc("hardhat_dropTransaction", hash)
      await stage.rpc("eth_sendRawTransaction", await foreign(stage, nonce)).catch(() => undefined)
      await mine()
    }

    async function finish(amount: bigint): Promise<void> {
      for (let i = 0; i < 60; i++) {
        await transactions.tick(await stage.head(DEPTH))
        const outcome = await transactions.outcomeOf(`${amount}`)
        if (outcome) return void expect(outcome.state, JSON.stringify(outcome)).to.equal("confirmed")
        await stage.mine()
      }
      expect.fail(`${amount} has no outcome`)
    }
  }
})
