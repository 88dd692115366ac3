import { wordsOf } from "../engine/program/words.ts"
import { expect } from "chai"
import { type BytesLike, ZeroAddress, concat, dataSlice, getBytes, hexlify, id } from "ethers"
import { network } from "hardhat"
import { deploy } from "../../scripts/deploy/deploy.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { leavesOf } from "../../src/engine/program/program.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { CHUNK_BYTES } from "../../src/protocol/tensor-tree.ts"
import { encodeStep } from "../../src/protocol/encode-step.ts"
import { Space } from "../../src/protocol/program.ts"
import { graphOf, node } from "../engine/program/graphs.ts"
import { seeded } from "../referee/float32-cases.ts"
import { type Attested, Court, DIGITS } from "./court.ts"
import {
  type Evidence,
  type OperandOpening,
  decodeEvidence,
  evidenceOf,
  flipBit,
  openingOf,
  tampered,
} from "./evidence.ts"

const random = seeded(0x70726f6f)
const picture = (): Float32Array => Float32Array.from({ length: 784 }, () => (random() % 256) / 255)

/** A convolution over the trace: three operands, several chunks. */
const STEP = 2
const ELEMENT = 1700
const { steps } = DIGITS

describe("Proofs of a wrong execution", () => {
  let court: Court
  let honest: Attested
  let liar: Attested
  let other: Attested

  before(async () => {
    court = await Court.open()
    const image = picture()
    honest = await court.attest(interpret(DIGITS, { image }))
    const lie = interpret(DIGITS, { image }, (step, output) => {
      if (step === STEP) wordsOf(output)[ELEMENT] ^= 1
    })
    liar = await court.attest(lie)
    other = await court.attest(interpret(DIGITS, { image: picture() }))
  })

  /** Expects the error for a change of the evidence, both of a right element and of a wrong one. */
  async function expectBadProof(error: string, change: (evidence: Evidence) => void): Promise<void> {
    for (const accused of [honest, liar]) {
      expect(await court.refusal(accused, tampered(accused, STEP, ELEMENT, change))).to.equal(error)
    }
  }

  it("are good when nothing was tampered with", async () => {
    expect(
      await court.verdict(
        honest,
        tampered(honest, STEP, ELEMENT, () => {}),
      ),
    ).to.equal("NotGuilty")
    expect(
      await court.verdict(
        liar,
        tampered(liar, STEP, ELEMENT, () => {}),
      ),
    ).to.equal("Guilty")
  })

  describe("have paths of the right length that lead to the root", () => {
    const paths: Record<string, (evidence: Evidence) => string[]> = {
      descriptor: (evidence) => evidence.stepPath,
      output: (evidence) => evidence.outputPath,
      operand: (evidence) => evidence.openings[1].path,
    }
    for (const [name, pathOf] of Object.entries(paths)) {
      it(`of the ${name}`, async () => {
        await expectBadProof("PathInvalid", (evidence) => {
          const path = pathOf(evidence)
          const level = random() % path.length
          path[level] = flipBit(path[level], random() % 256)
        })
        await expectBadProof("PathInvalid", (evidence) => pathOf(evidence).reverse())
        await expectBadProof("PathLengthInvalid", (evidence) => pathOf(evidence).pop())
        await expectBadProof("PathLengthInvalid", (evidence) => pathOf(evidence).push(id("one more")))
        await expectBadProof("PathLengthInvalid", (evidence) => pathOf(evidence).splice(0))
      })
    }
  })

  describe("open the chunks that the element needs", () => {
    it("with the committed bytes", async () => {
      await expectBadProof("PathInvalid", (evidence) => {
        evidence.outputData = flipBit(evidence.outputData, random() % 8192)
      })
      await expectBadProof("PathInvalid", (evidence) => {
        evidence.openings[0].data = flipBit(evidence.openings[0].data, random() % 8192)
      })
    })

    it("of the right length", async () => {
      for (const [from, until] of [
        [0, 1020],
        [0, 0],
        [4, 1024],
        [0, 1023],
      ]) {
        await expectBadProof("ChunkLengthInvalid", (evidence) => {
          evidence.outputData = dataSlice(evidence.outputData, from, until)
        })
        await expectBadProof("ChunkLengthInvalid", (evidence) => {
          evidence.openings[0].data = dataSlice(evidence.openings[0].data, from, until)
        })
      }
      await expectBadProof("ChunkLengthInvalid", (evidence) => {
        evidence.outputData += "00000000"
      })
    })

    it("of the right tensor", async () => {
      // A chunk of the same length from the tensor before.
      await expectBadProof("PathInvalid", (evidence) => {
        const { data, path } = openingOf(0, honest.commitment.open(steps[0].output, 0))
        evidence.openings[0] = { ...evidence.openings[0], data, path }
      })
      await expectBadProof("PathInvalid", (evidence) => {
        const { data, path } = openingOf(0, honest.commitment.open(steps[0].output, 0))
        Object.assign(evidence, { outputData: data, outputPath: path })
      })
    })

    it("at the right place", async () => {
      await expectBadProof("PathInvalid", (evidence) => {
        const [weights] = evidence.openings.filter(({ operand }) => operand === 1)
        weights.chunk ^= 1
      })
      await expectBadProof("PathInvalid", (evidence) => {
        const { data, path } = openingOf(0, honest.commitment.open(steps[STEP].output, 0))
        Object.assign(evidence, { outputData: data, outputPath: path })
      })
    })

    it("of the right receipt's trace", async () => {
      await expectBadProof("PathInvalid", (evidence) => {
        const { outputData, outputPath } = decodeEvidence(evidenceOf(other, STEP, ELEMENT))
        Object.assign(evidence, { outputData, outputPath })
      })
      await expectBadProof("PathInvalid", (evidence) => {
        evidence.openings[0] = decodeEvidence(evidenceOf(other, STEP, ELEMENT)).openings[0]
      })
    })

    it("all of them", async () => {
      const { openings } = decodeEvidence(evidenceOf(honest, STEP, ELEMENT))
      expect(openings.map(({ operand }) => operand)).to.include.members([0, 1, 2])
      for (let left = 0; left < openings.length; left++) {
        await expectBadProof("OperandNotOpened", (evidence) => evidence.openings.splice(left, 1))
      }
      await expectBadProof("OperandNotOpened", (evidence) => evidence.openings.splice(0))
    })

    it("and no chunk or operand that is not there", async () => {
      for (const chunk of [7, 255, 2 ** 22, 2 ** 24, 2 ** 32 - 1]) {
        await expectBadProof("ChunkOutOfRange", (evidence) => {
          evidence.openings[0].chunk = chunk
        })
      }
      for (const operand of [3, 2 ** 31, 2 ** 32 - 1]) {
        await expectBadProof("OperandOutOfRange", (evidence) => {
          evidence.openings[0].operand = operand
        })
      }
    })
  })

  describe("open successive chunks together", () => {
    const { tensor } = steps[STEP].operands[0]
    /** All chunks of the operand. */
    const ALL = leavesOf(tensor)
    const SHORT = (tensor.length * 4) % CHUNK_BYTES

    /** Expects what becomes of evidence that opens operand 0 by other ranges. */
    async function expectRanges(
      error: string,
      rangesOf: (open: (first: number, count?: number) => OperandOpening) => OperandOpening[],
    ): Promise<void> {
      for (const accused of [honest, liar]) {
        const open = (first: number, count?: number) =>
          openingOf(0, accused.commitment.open(tensor, first, count))
        const evidence = tampered(accused, STEP, ELEMENT, (changed) => {
          const others = changed.openings.filter(({ operand }) => operand !== 0)
          changed.openings = [...rangesOf(open), ...others]
        })
        const right = accused === liar ? "Guilty" : "NotGuilty"
        expect(await court.verdict(accused, evidence)).to.equal(error === "" ? right : error)
      }
    }
    const shortened = (opening: OperandOpening, from: number, until?: number): OperandOpening => {
      return { ...opening, data: dataSlice(opening.data, from, until) }
    }

    it("all, or in several ranges, which may overlap or be the same", async () => {
      expect(ALL).to.equal(7)
      await expectRanges("", (open) => [open(0, ALL)])
      await expectRanges("", (open) => [open(5, 2), open(0, 3), open(3, 2)])
      await expectRanges("", (open) => [open(0, 5), open(2, 5)])
      await expectRanges("", (open) => [open(0, ALL), open(0, ALL), open(3)])
      await expectRanges("", (open) => Array.from({ length: ALL }, (_, chunk) => open(chunk)))
    })

    it("none of which is another in one of them", async () => {
      for (const at of [0, 1]) {
        await expectRanges("PathInvalid", (open) => {
          const ranges = [open(0, 5), open(2, 5)]
          // A byte of chunk 3.
          ranges[at].data = flipBit(ranges[at].data, 8 * CHUNK_BYTES * (at === 0 ? 3 : 1))
          return ranges
        })
      }
    })

    it("that are there", async () => {
      await expectRanges("ChunkLengthInvalid", (open) => {
        // What follows in the tree, with its path.
        const { data } = open(0, ALL)
        const all = open(0, ALL)
        return [{ ...all, data: concat([data, new Uint8Array(CHUNK_BYTES - SHORT), open(0).data]) }]
      })
      await expectRanges("ChunkLengthInvalid", (open) => [{ ...open(5, 2), data: open(4, 2).data }])
      await expectRanges("ChunkOutOfRange", (open) => [{ ...open(0, ALL), chunk: ALL }])
      await expectRanges("ChunkLengthInvalid", (open) => [open(0, ALL), { ...open(3), data: "0x" }])
      await expectRanges("ChunkLengthInvalid", (open) => [open(0, ALL), { ...open(3), data: "0x", path: [] }])
    })

    it("with all of their bytes", async () => {
      await expectRanges("ChunkLengthInvalid", (open) => [shortened(open(0, ALL), 0, -4)])
      await expectRanges("ChunkLengthInvalid", (open) => [shortened(open(0, ALL), 4)])
      await expectRanges("ChunkLengthInvalid", (open) => [shortened(open(0, 3), 0, 2 * CHUNK_BYTES + 4)])
      // The last chunk is as short as one in the middle must not be.
      await expectRanges("ChunkLengthInvalid", (open) => [{ ...open(0, 3), data: open(4, 3).data }])
    })

    it("with the siblings on both sides, in their order", async () => {
      await expectRanges("PathLengthInvalid", (open) => [{ ...open(1, 4), path: open(1, 4).path.slice(1) }])
      await expectRanges("PathLengthInvalid", (open) => [
        { ...open(1, 4), path: [...open(1, 4).path, id("")] },
      ])
      await expectRanges("PathLengthInvalid", (open) => [{ ...open(1, 4), path: [] }])
      await expectRanges("PathInvalid", (open) => {
        const { path, ...rest } = open(1, 4)
        return [{ ...rest, path: [path[1], path[0], ...path.slice(2)] }]
      })
      for (let sibling = 0; sibling < 5; sibling++) {
        await expectRanges("PathInvalid", (open) => {
          const { path, ...rest } = open(1, 4)
          return [{ ...rest, path: path.with(sibling, flipBit(path[sibling], random() % 256)) }]
        })
      }
    })

    it("of their own place and tensor", async () => {
      await expectRanges("PathInvalid", (open) => [{ ...open(1, 2), path: open(3, 2).path }])
      await expectRanges("PathInvalid", (open) => [{ ...open(1, 2), chunk: 3 }])
      await expectRanges("PathInvalid", (open) => [{ ...open(1, 2), data: open(3, 2).data }])
      for (const accused of [honest, liar]) {
        const before = openingOf(0, accused.commitment.open(steps[0].output, 0, 2))
        const own = openingOf(0, accused.commitment.open(tensor, 0, 2))
        for (const opening of [before, { ...own, data: before.data }]) {
          const evidence = tampered(accused, STEP, ELEMENT, ({ openings }) => openings.unshift(opening))
          expect(await court.verdict(accused, evidence)).to.be.oneOf(["PathInvalid", "PathLengthInvalid"])
        }
      }
    })

    it("but one alone for the value that is claimed", async () => {
      for (const accused of [honest, liar]) {
        const { data, path } = openingOf(0, accused.commitment.open(steps[STEP].output, ELEMENT >> 8, 2))
        const evidence = tampered(accused, STEP, ELEMENT, (changed) =>
          Object.assign(changed, { outputData: data, outputPath: path }),
        )
        expect(await court.verdict(accused, evidence)).to.equal("ChunkLengthInvalid")
      }
    })
  })

  describe("name an element of a step of the model", () => {
    it("not beyond the end of the tensor", async () => {
      for (const element of [3136n, 2n ** 32n + BigInt(ELEMENT), 2n ** 256n - 1n]) {
        await expectBadProof("ElementOutOfRange", (evidence) => {
          evidence.element = element
        })
      }
    })

    it("by the index that its descriptor has", async () => {
      for (const index of [0, 3, 9]) {
        await expectBadProof("PathInvalid", (evidence) => {
          evidence.stepIndex = index
        })
      }
      await expectBadProof("PathInvalid", (evidence) => {
        evidence.step = decodeEvidence(evidenceOf(honest, 1, 0)).step
      })
      for (const index of [10, 16 + STEP, 2 ** 32 - 1]) {
        await expectBadProof("StepOutOfRange", (evidence) => {
          evidence.stepIndex = index
        })
      }
    })

    it("by the descriptor byte for byte", async () => {
      const variants: ((step: string) => string)[] = [
        (step) => `${step}00`,
        (step) => step + "00".repeat(32),
        (step) => dataSlice(step, 0, getBytes(step).length - 32),
        (step) => flipBit(step, 8 * 700),
        () => hexlify(encodeStep({ ...steps[STEP], epilogue: [] })),
        () => "0x",
      ]
      for (const variant of variants) {
        await expectBadProof("PathInvalid", (evidence) => {
          evidence.step = variant(evidence.step)
        })
      }
    })

    it("of the model that the receipt names", async () => {
      const small = lower(graphOf({ inputs: { x: [4] }, nodes: [node("Relu", ["x"], "y")], outputs: ["y"] }))
      await expectBadProof("ModelMismatch", (evidence) => {
        evidence.header = small.header
        evidence.step = hexlify(encodeStep(small.steps[0]))
      })
      for (const [member, value] of Object.entries(DIGITS.header)) {
        const changed = typeof value === "number" ? value + 1 : id("another root")
        await expectBadProof("ModelMismatch", (evidence) => {
          evidence.header = { ...evidence.header, [member]: changed }
        })
      }
    })
  })

  describe("are about the trace that the receipt commits to", () => {
    it("by its root", async () => {
      for (const root of [
        () => id("another"),
        () => other.commitment.traceRoot,
        () => hexlify(new Uint8Array(32)),
      ]) {
        await expectBadProof("TraceMismatch", (evidence) => {
          evidence.traceRoot = root()
        })
      }
    })

    it("so none serves against another receipt of the same provider", async () => {
      expect(await court.refusal(honest, evidenceOf(liar, STEP, ELEMENT))).to.equal("TraceMismatch")
    })

    it("so none serves against another provider that copied the trace", async () => {
      const [, provider] = court.providers
      const { traceCommitment } = liar.receipt
      const copy = await court.attest(honest.run, { provider, traceCommitment })
      expect(await court.refusal(copy, evidenceOf(liar, STEP, ELEMENT))).to.equal("TraceMismatch")
      // Nor can the copier open it as its own.
      expect(await court.refusal(copy, evidenceOf(honest, STEP, ELEMENT))).to.equal("TraceMismatch")
    })

    it("so none serves for another consumer or request", async () => {
      const { requestId, traceCommitment } = liar.receipt
      const again = await court.attest(honest.run, { traceCommitment })
      expect(again.receipt.requestId).to.not.equal(requestId)
      expect(await court.refusal(again, evidenceOf(liar, STEP, ELEMENT))).to.equal("TraceMismatch")
    })

    it("so none serves on another chain or for another registry", async () => {
      const { chainId, address } = court.registry
      const second = await deploy(court.connection)
      const registries = [
        { chainId: chainId + 1n, address },
        { chainId, address: await second.onus.getAddress() },
      ]
      for (const registry of registries) {
        const elsewhere = await court.attest(liar.run, { registry })
        expect(await court.refusal(elsewhere, evidenceOf(elsewhere, STEP, ELEMENT))).to.equal("TraceMismatch")
      }

      const fork = await Court.open(await network.create({ override: { chainId: Number(chainId) + 1 } }))
      expect(fork.registry).to.deep.equal({ chainId: chainId + 1n, address })
      // The same receipt word for word: the provider signed it for the first chain.
      await fork.onus.connect(fork.providers[0]).attest({ ...liar.receipt })
      expect(await fork.refusal(liar, evidenceOf(liar, STEP, ELEMENT))).to.equal("TraceMismatch")
    })

    it("so a receipt without a trace cannot be judged, which a policy can refuse", async () => {
      const bare = await court.attest(liar.run, { traceCommitment: hexlify(new Uint8Array(32)) })
      expect(await court.refusal(bare, evidenceOf(bare, STEP, ELEMENT))).to.equal("TraceMismatch")
    })

    it("whoever asks, the verdict is about the registry's receipts", async () => {
      const judge = await court.connection.ethers.getContractAt(
        "WrongExecution",
        await court.onus.faultModule(1),
      )
      const evidence = evidenceOf(liar, STEP, ELEMENT)
      const [guilty] = await judge.judge(liar.receipt, id("any"), ZeroAddress, evidence)
      expect(guilty).to.equal(true)
    })
  })

  describe("are what the provider committed to in the receipt", () => {
    it("for the input", async () => {
      const wrong = tampered(liar, 0, 5, (evidence) => {
        evidence.openings[0] = decodeEvidence(evidenceOf(other, 0, 5)).openings[0]
      })
      expect(steps[0].operands[0].tensor.space).to.equal(Space.Input)
      expect(await court.refusal(liar, wrong)).to.equal("PathInvalid")
    })

    it("for the output", async () => {
      const wrong = tampered(liar, 9, 5, (evidence) => {
        evidence.outputData = decodeEvidence(evidenceOf(other, 9, 5)).outputData
      })
      expect(await court.refusal(liar, wrong)).to.equal("PathInvalid")
    })

    it("for the weights", async () => {
      const wrong = tampered(liar, 0, 5, (evidence) => {
        const weights = evidence.openings.find(({ operand }) => operand === 1)!
        weights.data = flipBit(weights.data, 77)
      })
      expect(await court.refusal(liar, wrong)).to.equal("PathInvalid")
    })
  })

  describe("that are cut off or garbage", () => {
    const cut = (data: BytesLike, length: number): string => dataSlice(data, 0, length)

    it("revert, whatever is left of them", async () => {
      for (const accused of [honest, liar]) {
        const evidence = evidenceOf(accused, STEP, ELEMENT)
        const length = getBytes(evidence).length
        // The last words of the evidence are a path: without one of its bytes, it does not lead to the root.
        const lengths = [0, 1, 31, 32, 63, 64, 300, 320, length >> 1, length - 33, length - 32, length - 1]
        for (const short of lengths) {
          expect(await court.refusal(accused, cut(evidence, short)), `${short} bytes`).to.be.a("string")
        }
      }
    })

    it("revert, made of random bytes or of random small words", async () => {
      for (let round = 0; round < 60; round++) {
        const words = Array.from({ length: random() % 80 }, () =>
          round % 2 ? id(`${random()}`).slice(2) : (random() % 2048).toString(16).padStart(64, "0"),
        )
        for (const accused of [honest, liar]) {
          expect(await court.verdict(accused, `0x${words.join("")}`)).to.not.equal("Guilty")
        }
      }
    })
  })
})
