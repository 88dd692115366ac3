import { expect } from "chai"
import { bundleOf } from "../../../src/sdk/bundle.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { Body } from "../../../src/protocol/program.ts"
import { DIRECT } from "../../../src/protocol/batch.ts"
import { encodeProof, proofOf } from "../../../src/challenger/play/proof.ts"
import { graphOf, node, values } from "../../engine/program/graphs.ts"
import { ramp } from "../../engine/program/small-network.ts"
import { Court } from "../../faults/court.ts"
import { eachAlone } from "../../faults/dispute.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { Arena } from "./arena.ts"

/** A product of 600 terms: three chunks. */
const TERMS = 600
const PROGRAM = lower(
  graphOf({
    inputs: { x: [1, TERMS] },
    constants: [values("w", [TERMS, 2], ramp(2 * TERMS))],
    nodes: [node("MatMul", ["x", "w"], "y")],
    outputs: ["y"],
  }),
)
const random = seeded(0x70617274)
const INPUTS = { x: Float32Array.from({ length: TERMS }, () => random() / 2 ** 31 - 1) }
/** A transaction that has room for some of the terms. */
const LIMITS = { bytes: 10_000, gas: 900_000 }
const STEP = PROGRAM.steps.findIndex(({ body }) => body === Body.Dot)

describe("a proof that takes several transactions", () => {
  let court: Court
  let arena: Arena
  let id: string

  before(async () => {
    court = await Court.open()
    await court.register(PROGRAM)
  })
  eachAlone(() => court)
  afterEach(() => arena.close())

  beforeEach(async () => {
    const run = interpret(PROGRAM, INPUTS, (step, output) => {
      if (step === STEP) output[0] ^= 1
    })
    const { receipt } = await court.attest(run)
    id = await court.onus.receiptIdOf(receipt)
    const signed = { registry: court.registry, receipt, signature: "0x" }
    const served = { bundle: bundleOf(signed, run), step: STEP, element: 0, claimed: 1n, correct: 0n }
    const opinion = { verdict: "mismatch", proof: "shown", reason: "", served } as const
    arena = await new Arena(court, { run: interpret(PROGRAM, INPUTS), opinion }).start()
    arena.book.add({ id, signed, isAttested: true, inclusion: DIRECT })
    await arena.book.accuse({
      accusation: "execution",
      receiptId: id,
      reason: "",
      deadline: 2 ** 40,
      notes: "{}",
    })
    // As if transactions had less room than they have: what was kept is what is shown.
    await arena.play.files.keep(`execution:${id}`, "grounds", Buffer.from(JSON.stringify(GROUNDS)))
    await arena.play.files.keep(
      `execution:${id}`,
      "proof",
      encodeProof(proofOf(run, commit(run), STEP, 0, LIMITS)),
    )
  })

  const GROUNDS = { verdict: "mismatch", reason: "" }
  const isWon = () => arena.book.about("execution", id).state === "won"
  const count = (kind: string) => arena.kinds.filter((one) => one === kind).length

  it("is committed to, uploaded part by part, and concluded; its one bond comes back", async () => {
    await arena.until(isWon)
    expect(arena.kinds[0]).equal("commit")
    expect(count("advance")).greaterThan(1)
    expect(count("convict")).equal(1)
    expect(arena.submitted.filter(({ value }) => value > 0n).length).equal(1)
    await arena.until(() => arena.kinds.includes("settle"))
    await arena.pass(4 * 86_400)
    await arena.until(() => arena.book.about("execution", id).state === "paid")
    const { left, lost } = await arena.play.bonds.sums()
    expect([left, lost]).deep.equal([0n, 0n])
  })

  it("goes on after a kill where the chain says that it is, and commits anew when it took too long", async () => {
    await arena.until(() => count("advance") === 1)
    await arena.pass(1_000)
    await arena.start()
    await arena.tick()
    await arena.start()
    await arena.until(isWon)
    expect(count("commit")).equal(2)
    expect(new Set(arena.submitted.map(({ key }) => key)).size).equal(arena.submitted.length)
  })
})
