import { expect } from "chai"
import { AbiCoder, concat, dataLength, dataSlice, toBeHex } from "ethers"
import { type ProofContent, encodedProof } from "../../src/engine/audit/evidence.ts"
import { Reads } from "../../src/engine/audit/reads.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { DIRECT } from "../../src/protocol/batch.ts"
import { encodeStep } from "../../src/protocol/encode-step.ts"
import { call } from "../../src/sdk/errors.ts"
import { graphOf, node, values } from "../engine/program/graphs.ts"
import { ramp } from "../engine/program/small-network.ts"
import { expectError } from "../sdk/expect-error.ts"
import { type Attested, Court } from "./court.ts"

/** Two products with the same input and other weights: steps 0 and 1. */
const [ROWS, COLUMNS, TERMS] = [64, 96, 700]
const weights = (name: string) => values(name, [COLUMNS, TERMS], ramp(COLUMNS * TERMS))
const PROGRAM = lower(
  graphOf({
    inputs: { x: [ROWS, TERMS] },
    constants: [weights("v"), weights("w")],
    nodes: [
      node("Gemm", ["x", "v"], "first", { transB: 1 }),
      node("Gemm", ["x", "w"], "second", { transB: 1, alpha: 2 }),
    ],
    outputs: ["first", "second"],
  }),
)
const [FIRST, SECOND] = PROGRAM.steps

/** So many zeros begin each row: a sum of them is +0. */
const ZEROS = 576
const INPUTS = { x: Float32Array.from({ length: ROWS * TERMS }, (_, i) => (i % TERMS < ZEROS ? 0 : 1)) }

const WORD = 32
const OPENINGS = "tuple(uint32 operand, uint32 chunk, bytes data, bytes32[] path)[]"
const wordOf = (x: bigint | number): string => toBeHex(x, WORD)
const zeros = (bytes: number): Uint8Array => new Uint8Array(bytes)

/**
 * A struct that begins four words before the proof: where the caller's calldata has what its author likes, and the
 * referee's has the accumulator so far, the number of terms, the offset of the proof, and its length.
 */
const BEFORE = -4 * WORD
const HINT = 2n ** 256n + BigInt(BEFORE)
/** The offset of the proof in the referee's calldata, which is then that of the path. */
const PROOF_AT = 15 * WORD

describe("Attacks by proofs in parts", () => {
  let court: Court
  let honest: Attested

  before(async () => {
    court = await Court.open()
    await court.register(PROGRAM)
    honest = await court.attest(interpret(PROGRAM, INPUTS))
  })

  /** The chunks of one term or of several, of the operands of a step. */
  function chunksOf(step: number, element: number, from: number, until: number): ProofContent["chunks"] {
    const reads = new Reads(PROGRAM.steps[step], element, honest.run.bytes.bind(honest.run))
    const terms = Array.from({ length: until - from }, (_, i) => reads.term(from + i))
    return PROGRAM.steps[step].operands.map(
      (_, operand) => new Set(terms.flatMap((sets) => [...sets[operand]])),
    )
  }

  /** What is behind the struct's first four members: one term of step 0, which the referee goes on with. */
  function tailOf(element: number): string {
    const openings = FIRST.operands.flatMap(({ tensor }, operand) =>
      [...chunksOf(0, element, ZEROS, ZEROS + 1)[operand]].map((chunk) => {
        return { operand, ...honest.commitment.open(tensor, chunk, 1) }
      }),
    )
    const descriptor = encodeStep(FIRST)
    const list = ZEROS + WORD + descriptor.length
    return concat([
      ...[HINT, ZEROS + 1, 0, 0, list].map(wordOf),
      zeros(PROOF_AT + BEFORE - 5 * WORD),
      wordOf(1),
      ...PROGRAM.programTree.path(0),
      zeros(ZEROS - PROOF_AT - 2 * WORD),
      wordOf(descriptor.length),
      descriptor,
      dataSlice(AbiCoder.defaultAbiCoder().encode([OPENINGS], [openings]), WORD),
    ])
  }

  it("that are about one step for who keeps them and about another for the referee", async () => {
    const { receipt, run, commitment } = honest
    const root = commitment.traceRoot
    // The length of the proof is also the number of the element.
    let element = SECOND.output.length - 1
    while (dataLength(tailOf(element)) !== element) element = dataLength(tailOf(element))
    const tail = tailOf(element)

    const judge = court.judge.connect(court.challenger)
    const chunks = chunksOf(1, element, 0, ZEROS)
    const start = encodedProof(run, commitment, { stepIndex: 1, element, hint: 0, until: ZEROS, chunks })
    const withHint = concat([dataSlice(start, 0, 5 * WORD), wordOf(HINT), dataSlice(start, 6 * WORD)])
    const value = (await judge.answerPrice()) * 2n
    await judge.advance(receipt, DIRECT, PROGRAM.header, root, withHint, { value })

    // Makes room in front of the proof, and says there that it is about step 1.
    const plain = judge.interface.encodeFunctionData("advance", [receipt, DIRECT, PROGRAM.header, root, tail])
    const at = dataLength(plain) - 4 - WORD - Math.ceil(element / WORD) * WORD
    const [head, rest] = [dataSlice(plain, 0, 4 + at), dataSlice(plain, 4 + at)]
    const moved = head.replace(wordOf(at).slice(2), wordOf(at + 3 * WORD).slice(2))
    const data = concat([moved, wordOf(1), wordOf(0), wordOf(0), rest])
    const to = await judge.getAddress()
    await expectError("ProofMalformed", () => call(court.challenger.sendTransaction({ to, data })))

    const id = await court.onus.receiptIdOf(receipt)
    const { terms } = await judge.partialOf(await judge.proofIdOf(id, court.challenger, 1, element, HINT))
    expect(terms).to.equal(BigInt(ZEROS))
  })

  it("that begin elsewhere, or end before what they are about", async () => {
    const { receipt, run, commitment } = honest
    const content = { stepIndex: 0, element: 0, hint: 0, until: 1, chunks: chunksOf(0, 0, 0, 1) }
    const proof = encodedProof(run, commitment, content)
    const struct = dataSlice(proof, WORD)
    const { advance } = court.judge.connect(court.challenger)
    for (const odd of [
      concat([wordOf(2 * WORD), wordOf(0), struct]),
      concat([wordOf(0), struct]),
      concat([wordOf(HINT), struct]),
      dataSlice(proof, 0, 10 * WORD - 1),
      "0x",
    ]) {
      await expectError("ProofMalformed", () =>
        call(advance.staticCall(receipt, DIRECT, PROGRAM.header, commitment.traceRoot, odd)),
      )
    }
  })
})
