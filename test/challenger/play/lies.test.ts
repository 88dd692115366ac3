import { expect } from "chai"
import { ZeroHash } from "ethers"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import { isOnusError } from "../../../src/protocol/errors.ts"
import { answerDemand } from "../../../src/sdk/game/answer.ts"
import { Court } from "../../faults/court.ts"
import { LIES, type Liar, type Request } from "../../game/lies.ts"
import { randomRequest } from "../../game/networks.ts"
import { Table } from "../../game/table.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { Arena } from "./arena.ts"

const IS_LONG = process.env.ONUS_LONG === "1"
const SEED = Number(process.env.ONUS_SEED ?? 0x706c6179)
/** Games for each lie. */
const GAMES = IS_LONG ? Number(process.env.ONUS_COUNT ?? 5) : 1
/** What `npm test` plays: each way in which a game can end. */
const SELECTION = [/wrong answer of a right trace/, /subtree of digests/, /posted wrong/, /one of a tensor/]

describe("a challenger against any lie about a hidden trace", () => {
  let court: Court
  before(async () => (court = await Court.open()))

  const lies = Object.entries(LIES).filter(([name]) => IS_LONG || SELECTION.some((one) => one.test(name)))
  for (const [at, [name, lie]] of lies.entries()) {
    it(`wins, and has all its bonds back: ${name}`, async () => {
      for (let game = 0; game < GAMES; game++) {
        const seed = SEED + 1_000_000 * at + game
        const { request, liar } = draw(seed, lie)
        const snapshot = await court.connection.networkHelpers.takeSnapshot()
        try {
          await won(court, request, liar)
        } catch (error) {
          throw new Error(`Seed ${seed}: ${(error as Error).message}`, { cause: error })
        } finally {
          await snapshot.restore()
        }
      }
    })
  }
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

async function won(court: Court, { program, inputs }: Request, liar: Liar): Promise<void> {
  await court.register(program)
  const run = interpret(program, inputs)
  const { traceRoot, outputRoot, posts, answer } = liar
  const commitment = { inputRoot: commit(run).inputRoot, traceRoot: traceRoot ?? ZeroHash, outputRoot }
  const lazy = traceRoot === undefined ? { traceCommitment: ZeroHash } : {}
  const { receipt, inclusion } = await court.anchor(run, { commitment, ...lazy })
  const id = await court.onus.receiptIdOf(receipt)
  const table = new Table(court, program, receipt, inclusion)
  const opinion = { verdict: "mismatch", proof: "hidden", reason: "" } as const
  const arena = await new Arena(court, { run, opinion }).start()
  try {
    arena.book.add({ id, signed: { registry: court.registry, receipt, signature: "0x" }, inclusion })
    await arena.book.accuse({
      accusation: "execution",
      receiptId: id,
      reason: "",
      deadline: 2 ** 40,
      notes: "{}",
    })
    const state = () => arena.book.about("execution", id).state
    let refused = false
    await arena.until(
      () => state() !== "open",
      40,
      async () => {
        for (const { question, shown } of (await table.read()).asked)
          if (!shown) refused ||= !(await answered(table, answer(question), question, posts))
        // Whoever does not answer lets the time go by.
        if (refused) await arena.pass(10_000)
      },
    )
    expect(state()).equal("won")
    await arena.pass(4 * 86_400)
    await arena.until(() => state() !== "won")
    expect(state()).equal("paid")
    const { left, lost } = await arena.play.bonds.sums()
    expect([left, lost]).deep.equal([0n, 0n])
  } finally {
    await arena.close()
  }
}

type Question = Parameters<Liar["answer"]>[0]

async function answered(
  table: Table,
  answer: ReturnType<Liar["answer"]>,
  question: Question,
  posts: string,
): Promise<boolean> {
  if (!answer) return false
  try {
    await answerDemand(table.as(table.court.providers[0]), table.accused, question, answer, posts)
    return true
  } catch (error) {
    if (isOnusError(error)) return false
    throw error
  }
}
