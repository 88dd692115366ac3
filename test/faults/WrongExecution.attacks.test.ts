import { bitsOf, wordsOf } from "../engine/program/words.ts"
import { expect } from "chai"
import { dataLength, hexlify, toBeHex } from "ethers"
import { proofCosts } from "../../src/engine/program/proof-cost.ts"
import { requireProvable } from "../../src/engine/program/provable.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { commit, tensorsOf } from "../../src/engine/trace/commitment.ts"
import { isOnusError } from "../../src/protocol/errors.ts"
import { Space, type Tensor } from "../../src/protocol/program.ts"
import { type LeafData, chunksOf } from "../../src/protocol/tensor-tree.ts"
import { treeOf } from "../../src/protocol/tree-builder.ts"
import { bundleOf } from "../../src/sdk/bundle.ts"
import { openBundle } from "../../src/sdk/verify.ts"
import { seeded } from "../referee/float32-cases.ts"
import { cases } from "../long/campaign.ts"
import { type Attested, Court, DIGITS } from "./court.ts"
import { type Evidence, evidenceOf, flipBit, openingOf, tampered } from "./evidence.ts"

const random = seeded(0x61747461)
const image = Float32Array.from({ length: 784 }, () => (random() % 256) / 255)

const { steps } = DIGITS

/** A convolution over the trace: three operands, several chunks. */
const STEP = 2
const ELEMENT = 1700
/** Where the chunk with that element lies in the trace tree. */
const LEAF = steps[STEP].output.firstLeaf + (ELEMENT >> 8)
const WORD = 64

describe("An attacker", () => {
  let court: Court
  let honest: Attested

  before(async () => {
    court = await Court.open()
    honest = await court.attest(interpret(DIGITS, { image }))
  })

  const attack = (change: (evidence: Evidence) => void): Promise<string> =>
    court.verdict(honest, tampered(honest, STEP, ELEMENT, change))

  describe("who wants an honest provider convicted", () => {
    it("gains nothing by opening a chunk twice", async () => {
      const again = ({ openings }: Evidence) => openings.push({ ...openings[0] })
      expect(await attack(again)).to.equal("NotGuilty")
    })

    it("cannot open a chunk twice with different data, whichever comes first", async () => {
      for (const [at, before] of [
        [0, true],
        [0, false],
        [2, true],
        [2, false],
      ] as const) {
        const twice = ({ openings }: Evidence) => {
          const forged = { ...openings[at], data: flipBit(openings[at].data, 5) }
          openings.splice(before ? at : at + 1, 0, forged)
        }
        expect(await attack(twice)).to.equal("PathInvalid")
      }
    })

    it("cannot leave out the first chunk so that its place reads as zero", async () => {
      // Element 0 reads chunk 0 of its operands, and nothing else is opened.
      const openings = [0, 1].map((operand) =>
        openingOf(operand, honest.commitment.open(steps[STEP].operands[operand].tensor, 1)),
      )
      const evidence = tampered(honest, STEP, 0, (changed) => {
        changed.openings = openings
      })
      expect(await court.verdict(honest, evidence)).to.equal("OperandNotOpened")
    })

    it("cannot open one operand's chunks as another's", async () => {
      const swap = ({ openings }: Evidence) => {
        for (const opening of openings) opening.operand = [1, 0, 2][opening.operand]
      }
      expect(await attack(swap)).to.be.oneOf(["PathInvalid", "ChunkOutOfRange", "PathLengthInvalid"])
      const both = ({ openings }: Evidence) => openings.push({ ...openings[0], operand: 2 })
      expect(await attack(both)).to.be.oneOf(["ChunkLengthInvalid", "ChunkOutOfRange"])
    })

    it("gains nothing by the order of the openings, or by opening more than is read", async () => {
      expect(await attack(({ openings }) => openings.reverse())).to.equal("NotGuilty")
      const { tensor } = steps[STEP].operands[0]
      const all = Array.from({ length: 7 }, (_, chunk) => openingOf(0, honest.commitment.open(tensor, chunk)))
      expect(await attack(({ openings }) => openings.unshift(...all))).to.equal("NotGuilty")
    })

    it("cannot set bits above those of a number", async () => {
      const evidence = evidenceOf(honest, STEP, ELEMENT)
      // The struct starts behind one word: question, header, trace root, and where the proof is. Its length and one
      // more word, then the step's index follow.
      for (const word of [1, 2, 3, 6, 7, 8, 9, 14]) {
        const dirty = flipBit(evidence, 8 * 32 * (1 + word) + 3)
        expect(await court.verdict(honest, dirty), `word ${word}`).to.equal("CallReverted")
      }
    })

    it("gains nothing by bytes behind or before the evidence", async () => {
      const evidence = evidenceOf(honest, STEP, ELEMENT)
      expect(await court.verdict(honest, `${evidence}${"ab".repeat(100)}`)).to.equal("NotGuilty")
      const moved = `0x${toBeHex(96, 32).slice(2)}${"cd".repeat(64)}${evidence.slice(2 + WORD)}`
      expect(await court.verdict(honest, moved)).to.equal("EvidenceMalformed")
    })

    it("gains nothing by offsets that overlap, point back, or point out of the call", async () => {
      const evidence = evidenceOf(honest, STEP, ELEMENT)
      const length = dataLength(evidence)
      const words = evidence.slice(2).match(/.{64}/g)!
      const isOffset = (word: string) => BigInt(`0x${word}`) > 0n && BigInt(`0x${word}`) < length
      const places = words.flatMap((word, i) => (isOffset(word) ? [i] : []))
      expect(places.length).to.be.above(20)
      const offsets = places.map((place) => BigInt(`0x${words[place]}`))
      const far = [
        0n,
        1n,
        BigInt(length),
        2n ** 32n,
        2n ** 64n,
        2n ** 255n,
        2n ** 256n - 1n,
        2n ** 256n - 32n,
      ]
      const verdicts: Record<string, number> = {}
      const most = cases({ long: Infinity, short: 5 })
      for (const [number, place] of places.entries()) {
        const own = BigInt(`0x${words[place]}`)
        const near = [own + 32n, own - 32n, own + 1n, 2n ** 256n - own, own + 2n ** 256n - 640n]
        const other = Array.from({ length: 4 }, () => offsets[random() % offsets.length])
        const all = [...far, ...near, ...other].map((value) => BigInt.asUintN(256, value))
        // Others at the next place, if there is no time for all of them at each.
        const turned = [...all, ...all].slice(most === Infinity ? 0 : (number * most) % all.length)
        for (const offset of turned.slice(0, Math.min(most, all.length))) {
          const changed = words.with(place, toBeHex(offset, 32).slice(2))
          const verdict = await court.verdict(honest, `0x${changed.join("")}`)
          verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
        }
      }
      console.log(`        ${JSON.stringify(verdicts)}`)
      expect(verdicts).to.not.have.property("Guilty")
    })

    it("gains nothing by flipping any bits of good evidence", async () => {
      const evidence = evidenceOf(honest, STEP, ELEMENT)
      const verdicts: Record<string, number> = {}
      for (let round = 0; round < cases({ long: 300, short: 100 }); round++) {
        let changed = evidence
        for (let flips = 0; flips <= random() % 3; flips++)
          changed = flipBit(changed, random() % (8 * dataLength(evidence)))
        const verdict = await court.verdict(honest, changed)
        verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
      }
      console.log(`        ${JSON.stringify(verdicts)}`)
      expect(verdicts).to.not.have.property("Guilty")
    })

    it("gains nothing by running the judge out of gas", async () => {
      const evidence = evidenceOf(honest, STEP, ELEMENT)
      const floor = 21_000 + 40 * dataLength(evidence)
      for (let gas = floor + 20_000; gas < floor + 1_500_000; gas += 80_000)
        expect(await court.refusal(honest, evidence, gas)).to.be.a("string")
    })
  })

  describe("who wants its own lie to be unprovable", () => {
    it("is convicted for a false trace of a right answer", async () => {
      const [claim] = DIGITS.outputs
      const maximum = steps[1].output
      // A lie below the maximum of a pooling window: nothing after it changes.
      const window = [0, 8, 28 * 8, 29 * 8].map((at) => bitsOf(honest.run, steps[0].output)[at])
      const least = window.indexOf(Math.min(...window))
      const element = [0, 8, 28 * 8, 29 * 8][least]
      const run = interpret(DIGITS, { image }, (step, output) => {
        if (step === 0) wordsOf(output)[element] = 0x80000000
      })
      expect(bitsOf(run, maximum)).to.deep.equal(bitsOf(honest.run, maximum))
      expect(bitsOf(run, claim.tensor)).to.deep.equal(bitsOf(honest.run, claim.tensor))
      const liar = await court.attest(run)
      expect(await court.verdict(liar, evidenceOf(liar, 0, element))).to.equal("Guilty")
    })

    it("is convicted by each of two lies that make up for each other", async () => {
      const run = interpret(DIGITS, { image }, (step, output) => {
        if (step === 5) wordsOf(output)[3] ^= 1 << 22
        if (step === 6) wordsOf(output)[0] ^= 1 << 22
      })
      const liar = await court.attest(run)
      expect(await court.verdict(liar, evidenceOf(liar, 5, 3))).to.equal("Guilty")
      expect(await court.verdict(liar, evidenceOf(liar, 6, 0))).to.equal("Guilty")
    })

    it("is convicted for NaNs", async () => {
      for (const word of [0x7fc00000, 0x7fc00001, 0xffc00000, 0x7f800001]) {
        const run = interpret(DIGITS, { image }, (step, output) => {
          if (step === 4) wordsOf(output)[7] = word
        })
        const liar = await court.attest(run)
        expect(await court.verdict(liar, evidenceOf(liar, 4, 7)), hexlify(toBeHex(word))).to.equal("Guilty")
      }
    })

    describe("can commit to leaves that nobody can open, but then no consumer accepts the answer:", () => {
      const bytesOf = ({ run }: Attested, tensor: Tensor) => run.bytes(tensor)
      const leavesOf = (answer: Attested): LeafData[] =>
        tensorsOf(DIGITS, Space.Trace).flatMap((tensor) =>
          chunksOf(tensor.space, tensor.id, bytesOf(answer, tensor)),
        )

      const tricks: Record<string, [string, (leaves: LeafData[]) => void]> = {
        "a chunk cut short": [
          "ChunkLengthInvalid",
          (leaves) => {
            leaves[LEAF] = { ...leaves[LEAF], data: leaves[LEAF].data.subarray(0, 1020) }
          },
        ],
        "a chunk with a word more": [
          "ChunkLengthInvalid",
          (leaves) => {
            leaves[LEAF] = { ...leaves[LEAF], data: Uint8Array.of(...leaves[LEAF].data, 0, 0, 0, 0) }
          },
        ],
        "the label of another tensor": [
          "PathInvalid",
          (leaves) => {
            leaves[LEAF] = { ...leaves[LEAF], tensorId: 7 }
          },
        ],
        "two chunks that changed places": [
          "PathInvalid",
          (leaves) => {
            ;[leaves[LEAF], leaves[LEAF + 1]] = [leaves[LEAF + 1], leaves[LEAF]]
          },
        ],
        "a leaf behind the last tensor": [
          "Guilty",
          (leaves) => {
            leaves.push({ ...leaves[LEAF], chunk: 99 })
          },
        ],
      }
      for (const [name, [expected, trick]] of Object.entries(tricks)) {
        it(name, async () => {
          const run = interpret(DIGITS, { image }, (step, output) => {
            if (step === STEP) wordsOf(output)[ELEMENT] ^= 1 << 22
          })
          const commitment = commit(run)
          const leaves = leavesOf({ ...honest, run })
          expect(hexlify(treeOf(leaves).root)).to.equal(commitment.traceRoot)
          trick(leaves)
          const tree = treeOf(leaves)
          const liar = await court.attest(run, {
            commitment: {
              ...commitment,
              traceRoot: hexlify(tree.root),
              open: (tensor, chunk, count = 1) => {
                if (tensor.space !== Space.Trace) return commitment.open(tensor, chunk, count)
                const first = tensor.firstLeaf + chunk
                const data = leaves.slice(first, first + count).flatMap((leaf) => [...leaf.data])
                return { chunk, data: Uint8Array.from(data), path: tree.path(first, count) }
              },
            },
          })
          const signed = { registry: court.registry, receipt: liar.receipt, signature: "0x" }
          expect(() => openBundle(DIGITS, bundleOf(signed, run)))
            .to.throw()
            .that.satisfies((error: unknown) => isOnusError(error, "CommitmentMismatch"))
          // The judge says nothing about a chunk that it cannot open: who holds it back is not convicted yet.
          expect(await court.verdict(liar, evidenceOf(liar, STEP, ELEMENT))).to.equal(expected)
        })
      }
    })

    it("cannot make any element of the digit model too large for one transaction", async () => {
      requireProvable(DIGITS)
      const bounds = proofCosts(DIGITS)
      const rows: Record<string, { gas: number; bytes: number }> = {}
      for (const [number, step] of steps.entries()) {
        const element = step.output.length >> 1
        const run = interpret(DIGITS, { image }, (at, output) => {
          if (at === number) wordsOf(output)[element] ^= 1
        })
        const liar = await court.attest(run)
        const evidence = evidenceOf(liar, number, element)
        const snapshot = await court.connection.networkHelpers.takeSnapshot()
        const sent = await court.convict(liar, evidence)
        const gas = Number((await sent.wait())!.gasUsed)
        await snapshot.restore()
        rows[`step ${number}`] = { gas, bytes: dataLength(evidence) }
        expect(gas).to.be.at.most(bounds[number].gas)
        expect(dataLength(evidence)).to.be.at.most(bounds[number].bytes)
      }
      console.table(rows)
    })
  })
})
