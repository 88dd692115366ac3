import { expect } from "chai"
import { ZeroHash } from "ethers"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import { claim } from "../../src/sdk/claim.ts"
import { Court } from "../faults/court.ts"
import { seeded } from "../referee/float32-cases.ts"
import { LIES, type Liar, type Request } from "./lies.ts"
import { randomRequest } from "./networks.ts"
import { Table, expectBooksToBalance, play } from "./table.ts"

const SEED = Number(process.env.ONUS_SEED ?? 0x67616d65)
/** Games for each lie. */
const GAMES = process.env.ONUS_LONG === "1" ? Number(process.env.ONUS_COUNT ?? 40) : 3

describe("A game about a hidden trace", () => {
  let court: Court

  before(async () => {
    court = await Court.open()
  })

  describe("row 9: ends with a conviction and all bonds back, by three answers at most, if the provider commits to", () => {
    for (const [at, [name, lie]] of Object.entries(LIES).entries()) {
      it(name, async () => {
        for (let game = 0; game < GAMES; game++) {
          const seed = SEED + 1_000_000 * at + game
          const { request, liar } = draw(seed, lie)
          const snapshot = await court.connection.networkHelpers.takeSnapshot()
          try {
            await convicted(court, request, liar)
          } catch (error) {
            throw new Error(`Seed ${seed}: ${(error as Error).message}`, { cause: error })
          } finally {
            await snapshot.restore()
          }
        }
      })
    }
  })
})

/** A request with room for the lie. */
function draw(seed: number, lie: (typeof LIES)[string]): { request: Request; liar: Liar } {
  const random = seeded(seed)
  for (;;) {
    const request = randomRequest(random)
    const liar = request.program.steps.length > 1 ? lie(request) : undefined
    if (liar) return { request, liar }
  }
}

async function convicted(court: Court, { program, inputs, random }: Request, liar: Liar): Promise<void> {
  await court.register(program)
  const run = interpret(program, inputs)
  const { traceRoot, outputRoot, posts, answer } = liar
  const commitment = { inputRoot: commit(run).inputRoot, traceRoot: traceRoot ?? ZeroHash, outputRoot }
  const lazy = traceRoot === undefined ? { traceCommitment: ZeroHash } : {}
  const { receipt, inclusion } = await (random() % 2 === 0
    ? court.anchor(run, { commitment, ...lazy })
    : { ...(await court.attest(run, { commitment, ...lazy })), inclusion: undefined })
  const table = new Table(court, program, receipt, inclusion)
  const before = await court.token.balanceOf(court.challenger)
  const course = await play(table, run, { answer, traceRoot: posts })
  expect(course.end).to.equal(liar.end)
  expect(course.answers).to.be.at.most(3)
  await expectBooksToBalance(table, course.questions)
  for (const question of course.questions) {
    const { to } = await table.settle(question)
    expect(to).to.equal(await court.challenger.getAddress())
  }
  await expectBooksToBalance(table, course.questions)
  await court.connection.networkHelpers.time.increase(4 * 24 * 3600)
  await claim(table.as(court.challenger), await court.onus.receiptIdOf(receipt))
  expect((await court.token.balanceOf(court.challenger)) - before).to.be.above(0n)
  await expectBooksToBalance(table, course.questions)
}
