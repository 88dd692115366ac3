import { expect } from "chai"
import { hexlify, id } from "ethers"
import { network as chain } from "hardhat"
import { loadOnnx } from "../../src/engine/onnx/load.ts"
import { lower } from "../../src/engine/program/lower.ts"
import type { Program } from "../../src/engine/program/program.ts"
import { modelId } from "../../src/protocol/model.ts"
import { encodeStep } from "../../src/protocol/encode-step.ts"
import { type Step, type Tensor } from "../../src/protocol/program.ts"
import type { LibraryHarness } from "../../types/contracts/index.js"
import { DIGITS } from "../engine/onnx/models.ts"
import { network } from "../engine/program/small-network.ts"
import { pick } from "../engine/program/words.ts"
import { type Kind, KINDS, randomStep } from "../engine/random-steps.ts"
import { seeded } from "../referee/float32-cases.ts"
import { MODELS } from "./vectors.ts"

const PROGRAMS: Readonly<Record<string, Program>> = {
  "small network": lower(network()),
  digits: lower(loadOnnx(DIGITS)),
}

const tensorStruct = ({ type, ...rest }: Tensor) => ({ ...rest, elementType: type })

describe("models", () => {
  let harness: LibraryHarness

  before(async () => {
    const { ethers } = await chain.create()
    harness = await ethers.deployContract("LibraryHarness")
  })

  /** The descriptor that the contracts make of a step's members, by their names. */
  function onChain({ output, operands, epilogue, ...step }: Step): Promise<string> {
    return harness.encodeStep({
      ...step,
      output: tensorStruct(output),
      operands: operands.map((access) => ({ ...access, tensor: tensorStruct(access.tensor) })),
      epilogue: epilogue.map(({ type, ...rest }) => ({ ...rest, elementType: type })),
    } as never)
  }

  it("are those of the shared vectors", () => {
    expect(MODELS.map(({ name }) => name)).to.deep.equal(Object.keys(PROGRAMS))
    for (const vector of MODELS) {
      const program = PROGRAMS[vector.name]
      expect(program.header).to.deep.equal(vector.header)
      expect(program.modelId).to.equal(vector.modelId)
      expect(program.steps.map((step) => hexlify(encodeStep(step)))).to.deep.equal(vector.steps)
    }
  })

  it("have the id that the contract computes", async () => {
    for (const { header, modelId: expected } of MODELS)
      expect(await harness.modelId(header)).to.equal(expected)
  })

  it("have the descriptors that the contract encodes", async () => {
    for (const [name, program] of Object.entries(PROGRAMS)) {
      for (const step of program.steps) expect(await onChain(step), name).to.equal(hexlify(encodeStep(step)))
    }
  })

  it("have the descriptors that the contract encodes, for random steps", async () => {
    const random = seeded(0x6d6f6465)
    for (let i = 0; i < 100; i++) {
      const { step } = randomStep(random, pick(random, Object.keys(KINDS) as Kind[]))
      expect(await onChain(step)).to.equal(hexlify(encodeStep(step)))
    }
  })

  it("have another id when any member of the header differs", () => {
    const [{ header }] = MODELS
    const ids = new Set([modelId(header)])
    for (const [name, value] of Object.entries(header) as [string, string | number][])
      ids.add(modelId({ ...header, [name]: typeof value === "number" ? value + 1 : id(name) }))
    expect(ids.size).to.equal(1 + Object.keys(header).length)
  })
})
