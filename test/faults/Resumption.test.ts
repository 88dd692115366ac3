import { expect } from "chai"
import { ZeroHash } from "ethers"
import { encodeEvidence, encodedProof } from "../../src/engine/audit/evidence.ts"
import { type ProofInParts, proofInParts } from "../../src/engine/audit/parts.ts"
import { Reads } from "../../src/engine/audit/reads.ts"
import type { Execution } from "../../src/engine/executor.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import { DIRECT } from "../../src/protocol/batch.ts"
import { Body } from "../../src/protocol/program.ts"
import type { Accused } from "../../src/sdk/game/court.ts"
import { call } from "../../src/sdk/errors.ts"
import { ensureCommitted } from "../../src/sdk/game/commit.ts"
import { upload } from "../../src/sdk/game/upload.ts"
import { graphOf, node, values } from "../engine/program/graphs.ts"
import { ramp } from "../engine/program/small-network.ts"
import { seeded } from "../referee/float32-cases.ts"
import { expectError } from "../sdk/expect-error.ts"
import { Court, WRONG_EXECUTION } from "./court.ts"
import { eachAlone } from "./dispute.ts"

/** A product, a sum and a rank of 600 terms each: three chunks. */
const TERMS = 600
const PROGRAM = lower(
  graphOf({
    inputs: { x: [1, TERMS] },
    constants: [values("w", [TERMS, 2], ramp(2 * TERMS)), values("k", [1], [3])],
    nodes: [
      node("MatMul", ["x", "w"], "dot"),
      node("ReduceSum", ["x"], "sum", { keepdims: 0 }),
      node("ArgMax", ["x"], "best", { axis: 1, keepdims: 0 }),
    ],
    outputs: ["dot", "sum", "best"],
  }),
)
const random = seeded(0x72657375)
const INPUTS = { x: Float32Array.from({ length: TERMS }, () => random() / 2 ** 31 - 1) }
/** A transaction that has room for some of the terms. */
const LIMITS = { bytes: 10_000, gas: 900_000 }

const stepOf = (body: Body): number => PROGRAM.steps.findIndex((step) => step.body === body)

describe("A proof in parts", () => {
  let court: Court

  before(async () => {
    court = await Court.open()
    await court.register(PROGRAM)
  })

  eachAlone(() => court)

  /** A run of which the first element of a step has one bit flipped, or none. */
  function runOf(lie?: number): Execution {
    return interpret(PROGRAM, INPUTS, (step, output) => {
      if (step === lie) output[0] ^= 1
    })
  }

  async function accuse(run: Execution) {
    const { receipt, commitment } = await court.attest(run)
    const accused: Accused = { receipt, header: PROGRAM.header }
    return { receipt, commitment, accused, root: commitment.traceRoot }
  }

  const asChallenger = (signer = court.challenger) => ({
    onus: court.onus.connect(signer),
    judge: court.judge.connect(signer),
    registry: court.registry,
  })

  const evidenceOf = (run: Execution, { conclusion }: Pick<ProofInParts, "conclusion">): string =>
    encodeEvidence({ header: PROGRAM.header, traceRoot: commit(run).traceRoot }, conclusion)

  for (const [name, body] of Object.entries({ product: Body.Dot, sum: Body.Fold, rank: Body.Rank })) {
    it(`convicts a wrong ${name}, and finds a right one right`, async () => {
      const step = stepOf(body)
      for (const lie of [undefined, step]) {
        const run = runOf(lie)
        const { receipt, commitment, accused, root } = await accuse(run)
        const parts = proofInParts(run, commitment, step, 0, LIMITS)
        expect(parts.uploads.length).to.be.above(0)
        await upload(asChallenger() as never, accused, root, parts)
        const verdict = await court.verdict({ receipt }, evidenceOf(run, parts))
        expect(verdict).to.equal(lie === undefined ? "NotGuilty" : "Guilty")
      }
    })
  }

  it("takes one transaction if it fits", () => {
    const run = runOf()
    expect(proofInParts(run, commit(run), 0, 0).uploads).to.deep.equal([])
  })

  it("keeps the receipt open while it is uploaded, and gives the bond back", async () => {
    const step = stepOf(Body.Dot)
    const run = runOf(step)
    const { receipt, commitment, accused, root } = await accuse(run)
    const parts = proofInParts(run, commitment, step, 0, LIMITS)
    const { networkHelpers } = court.connection
    for (const [i, one] of parts.uploads.entries()) {
      const { judge } = asChallenger()
      const value = i === 0 ? (await judge.answerPrice()) * 2n : 0n
      await judge.advance(receipt, DIRECT, PROGRAM.header, root, one, { value })
      // Longer than the receipt's window in all.
      await networkHelpers.mine(400, { interval: 12 })
    }
    await court.convict({ receipt }, evidenceOf(run, parts))
    const id = await court.onus.receiptIdOf(receipt)
    const proofId = await court.judge.proofIdOf(id, court.challenger, step, 0, 0)
    const { bond } = await court.judge.demandOf(id, proofId)
    const settling = court.judge.settle(accused.receipt, DIRECT, proofId)
    await expect(settling).to.changeEtherBalance(court.connection.ethers, court.challenger, bond)
  })

  it("leaves the bond to a provider who was right", async () => {
    const run = runOf()
    const { receipt, commitment, accused, root } = await accuse(run)
    const parts = proofInParts(run, commitment, stepOf(Body.Dot), 0, LIMITS)
    await upload(asChallenger() as never, accused, root, parts)
    const id = await court.onus.receiptIdOf(receipt)
    const proofId = await court.judge.proofIdOf(id, court.challenger, stepOf(Body.Dot), 0, 0)
    await expectError("GameOpen", () => call(court.judge.settle(receipt, DIRECT, proofId)))
    await court.connection.networkHelpers.mine(8_000, { interval: 12 })
    const { bond } = await court.judge.demandOf(id, proofId)
    await expect(court.judge.settle(receipt, DIRECT, proofId)).to.changeEtherBalance(
      court.connection.ethers,
      court.providers[0],
      bond,
    )
    // A proof is no demand that was withheld.
    expect(
      await court.judge
        .judge(
          receipt,
          id,
          court.challenger,
          encodeEvidence({ header: PROGRAM.header, traceRoot: ZeroHash }, "0x", proofId),
        )
        .then(([guilty]) => guilty),
    ).to.equal(false)
  })

  it("is of who uploads it: nobody else can go on with it or conclude it", async () => {
    const step = stepOf(Body.Dot)
    const run = runOf(step)
    const { receipt, commitment, accused, root } = await accuse(run)
    const parts = proofInParts(run, commitment, step, 0, LIMITS)
    await upload(asChallenger() as never, accused, root, parts)
    const evidence = evidenceOf(run, parts)
    const stranger = court.strangers[0]
    const { convict } = court.onus.connect(stranger)
    await expectError("OperandNotOpened", () =>
      call(convict.staticCall(WRONG_EXECUTION, receipt, DIRECT, evidence)),
    )
    // What a stranger uploads begins at the first term, which the last part does not open.
    const { judge } = asChallenger(stranger)
    const value = (await judge.answerPrice()) * 2n
    await expectError("OperandNotOpened", () =>
      call(judge.advance.staticCall(receipt, DIRECT, PROGRAM.header, root, parts.uploads.at(-1)!, { value })),
    )
  })

  it("can be finished by who knew first, when a copy was faster", async () => {
    const step = stepOf(Body.Dot)
    const run = runOf(step)
    const { receipt, commitment, accused, root } = await accuse(run)
    const parts = proofInParts(run, commitment, step, 0, LIMITS)
    const evidence = evidenceOf(run, parts)
    const [us, copier] = [asChallenger(), asChallenger(court.strangers[0])]
    // Whoever sees the commitment may send it again; whoever was interrupted begins again.
    for (let i = 0; i < 2; i++)
      await ensureCommitted(us as never, accused, await court.challenger.getAddress(), evidence)
    const sent = parts.uploads.length - 1
    for (let i = 0; i < 2; i++)
      await upload(us as never, accused, root, { uploads: parts.uploads.slice(0, sent) })
    await upload(copier as never, accused, root, parts)
    await copier.onus.convict(WRONG_EXECUTION, receipt, DIRECT, evidence)
    await us.judge.advance(receipt, DIRECT, PROGRAM.header, root, parts.uploads[sent])
    await us.onus.convict(WRONG_EXECUTION, receipt, DIRECT, evidence)
    const { challenger } = await court.onus.payout(await court.onus.receiptIdOf(receipt))
    expect(challenger).to.equal(await court.challenger.getAddress())
  })

  it("can be finished in the last turn, when the game is over", async () => {
    const step = stepOf(Body.Dot)
    const run = runOf(step)
    const { receipt, commitment, root } = await accuse(run)
    const parts = proofInParts(run, commitment, step, 0, LIMITS)
    const helpers = court.connection.networkHelpers
    const { time } = helpers
    const { game, turn, responseBlocks } = await court.judge.clocks()
    const id = await court.onus.receiptIdOf(receipt)
    const end = (await court.onus.lockOf(id)).since + receipt.challengeWindow + game
    const { judge } = asChallenger()
    const advance = async (proof: string, isFirst: boolean) => {
      const value = isFirst ? (await judge.answerPrice()) * 2n : 0n
      await call(judge.advance(receipt, DIRECT, PROGRAM.header, root, proof, { value }))
    }
    // Parts of the sum keep the receipt open until the game ends.
    const reads = new Reads(PROGRAM.steps[stepOf(Body.Fold)], 0, run.bytes.bind(run))
    const all = [new Set(Array.from({ length: TERMS }, (_, i) => [...reads.term(i)[0]]).flat())]
    const about = { stepIndex: stepOf(Body.Fold), element: 0, hint: 0, chunks: all }
    let until = 1
    for (; BigInt(await time.latest()) + turn < end; until++) {
      await advance(encodedProof(run, commitment, { ...about, until }), until === 1)
      await time.increase(turn - 100n)
    }
    await time.setNextBlockTimestamp(end)
    await advance(parts.uploads[0], true)
    const { openUntil } = await court.judge.gameOf(id)
    await time.setNextBlockTimestamp(end + 1n)
    await advance(parts.uploads[1], false)
    expect((await court.judge.gameOf(id)).openUntil, "no turn a second later").to.equal(openUntil)
    await time.increaseTo(end + turn - 1_000n)
    await helpers.mine(200)
    for (const proof of parts.uploads.slice(2)) await advance(proof, false)
    expect((await court.judge.gameOf(id)).openUntil, "no turn after the last").to.equal(openUntil)
    await court.convict({ receipt }, evidenceOf(run, parts))
    await time.increase(turn)
    await helpers.mine(responseBlocks)
    const late = encodedProof(run, commitment, { ...about, until })
    await expectError("GameOver", () => advance(late, false))
  })

  it("wants a bond once, progress, and the receipt's own trace", async () => {
    const run = runOf()
    const { receipt, commitment, root } = await accuse(run)
    const [first, second] = proofInParts(run, commitment, stepOf(Body.Dot), 0, LIMITS).uploads
    const { judge } = asChallenger()
    const value = (await judge.answerPrice()) * 2n
    const advance = (proof: string, wei: bigint, trace = root) =>
      call(judge.advance(receipt, DIRECT, PROGRAM.header, trace, proof, { value: wei }))
    await expectError("BondTooLow", () => advance(first, 0n))
    const { message } = await expectError("TraceMismatch", () => advance(first, value, ZeroHash))
    expect(message).to.include(`(receipt=${receipt.traceCommitment}, root=${ZeroHash})`)
    await advance(first, value)
    await expectError("NothingAdvanced", () => advance(first, 0n))
    await expectError("BondNotDue", () => advance(second, value))
    await advance(second, 0n)
  })

  it("proves nothing about another receipt, not even for the same run", async () => {
    const step = stepOf(Body.Dot)
    const run = runOf(step)
    const [first, second] = [await accuse(run), await accuse(run)]
    const parts = proofInParts(run, first.commitment, step, 0, LIMITS)
    await upload(asChallenger() as never, first.accused, first.root, parts)
    const evidence = evidenceOf(run, parts)
    expect(await court.verdict(first, evidence)).to.equal("Guilty")
    expect(await court.verdict(second, evidence)).to.equal("OperandNotOpened")
  })

  it("believes no hint", async () => {
    const step = stepOf(Body.Rank)
    const run = runOf()
    const { receipt, commitment, accused, root } = await accuse(run)
    const parts = proofInParts(run, commitment, step, 0, LIMITS)
    const best = INPUTS.x.indexOf(Math.max(...INPUTS.x))
    // The same uploads, said to be about another candidate in the same chunk.
    const other = best % 2 === 0 ? best + 1 : best - 1
    const swap = (proof: string): string => withHint(proof, BigInt(best), BigInt(other))
    await upload(asChallenger() as never, accused, root, { uploads: parts.uploads.map(swap) })
    const evidence = evidenceOf(run, { conclusion: swap(parts.conclusion) })
    expect(await court.verdict({ receipt }, evidence)).to.equal("HintWrong")
  })
})

/** The proof with another hint: the sixth word of the struct. */
function withHint(proof: string, from: bigint, to: bigint): string {
  const at = 2 + 64 * (1 + 4)
  const word = (value: bigint) => value.toString(16).padStart(64, "0")
  expect(proof.slice(at, at + 64)).to.equal(word(from))
  return proof.slice(0, at) + word(to) + proof.slice(at + 64)
}
