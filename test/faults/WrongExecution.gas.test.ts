import { expect } from "chai"
import { dataLength, getBytes } from "ethers"
import { Execution } from "../../src/engine/executor.ts"
import { sealProgram } from "../../src/engine/program/seal.ts"
import { type Program, leavesOf } from "../../src/engine/program/program.ts"
import { depthsOf, proofCosts } from "../../src/engine/program/proof-cost.ts"
import { Body, ElementType, Space, type Step, type Tensor, widthOf } from "../../src/protocol/program.ts"
import { seeded } from "../referee/float32-cases.ts"
import { stepOf } from "../referee/steps.ts"
import { type Attested, Court } from "./court.ts"
import { decodeEvidence, evidenceOf } from "./evidence.ts"

const { Float32, Int8, Int32 } = ElementType

/** Terms of the product. */
const DEPTH = 1024
/** Steps of the program. */
const STEPS = 100
/** The product that is judged. */
const PRODUCT = 1

type Type = typeof Float32 | typeof Int8

const tensor = (space: Space, type: ElementType, id: number, firstLeaf: number, length: number): Tensor => {
  return { space, type, id, firstLeaf, length }
}

/** A row of float32 weights on both sides of the middle of the tree: no other has more siblings. */
const rowOf = (length: number): number => length / DEPTH / 2 - 1

/** Products of a row of the trace with rows of weights, of which there are `length`, as there are inner values. */
function programOf(type: Type, length: number): Program {
  const x = tensor(Space.Input, type, 0, 0, 1)
  const zero = tensor(Space.Weights, type, 0, 0, 1)
  const weights = tensor(Space.Weights, type, 1, 1, length)
  const row = tensor(Space.Trace, type, 0, 0, length)
  const product = tensor(Space.Trace, type === Int8 ? Int32 : type, 1, leavesOf(row), length / DEPTH)
  const read = (of: Tensor, strides: readonly number[] = [], base = 0) => {
    return { tensor: of, base, strides, guards: [], lookups: [] }
  }
  const spread = stepOf(type, [read(x, [0])], { output: row, domain: [length] })
  const zeros = type === Int8 ? [read(zero, [0, 0]), read(zero, [0, 0])] : []
  const base = rowOf(length) * DEPTH
  const dot = stepOf(type, [read(row, [0, 1], base), read(weights, [DEPTH, 1]), ...zeros], {
    output: product,
    domain: [product.length],
    reduction: [DEPTH],
    body: Body.Dot,
    mode: 0,
  })
  const others = Array.from({ length: STEPS - 3 }, (_, i): Step => {
    const output = tensor(Space.Trace, type, 2 + i, product.firstLeaf + leavesOf(product) + i, 1)
    return stepOf(type, [read(x)], { output })
  })
  const last = stepOf(type, [read(x)])
  const bytes = randomBytes(type, weights)
  return sealProgram({
    steps: [spread, dot, ...others, last],
    inputs: [{ name: "x", shape: [1], tensor: x }],
    outputs: [{ name: "y", shape: [1], tensor: last.output }],
    constants: [
      { tensor: zero, data: new Uint8Array(widthOf(type)) },
      { tensor: weights, data: bytes },
    ],
  })
}

/** Zeros, but for the row that the judged element reads. */
function randomBytes(type: Type, { length }: Tensor): Uint8Array {
  const random = seeded(0x67617300)
  const bytes = new Uint8Array(length * widthOf(type))
  const row = bytes.subarray(rowOf(length) * DEPTH * widthOf(type)).subarray(0, DEPTH * widthOf(type))
  if (type === Int8) row.forEach((_, i) => (row[i] = random()))
  else
    new Float32Array(row.buffer, row.byteOffset, DEPTH).forEach((_, i, values) => {
      values[i] = (random() % 2000) / 1000 - 1
    })
  return bytes
}

/** A run that did not compute anything. */
function runOf(program: Program, type: Type): Execution {
  const zeros = ({ type: of, length }: Tensor): Uint8Array => new Uint8Array(length * widthOf(of))
  return new Execution(program, {
    [Space.Input]: program.inputs.map((port) => zeros(port.tensor)),
    [Space.Weights]: program.constants.map(({ data }) => data),
    [Space.Trace]: program.traceTensors.map((of, i) => (i === 0 ? randomBytes(type, of) : zeros(of))),
    [Space.Output]: program.outputs.map((port) => zeros(port.tensor)),
  })
}

/** What bytes of a transaction cost. */
const calldataGas = (bytes: Uint8Array): number => bytes.reduce((gas, byte) => gas + (byte === 0 ? 4 : 16), 0)

/** What bytes of a transaction cost at least, whatever it does (EIP-7623). */
const floorGas = (bytes: Uint8Array): number => bytes.reduce((gas, byte) => gas + (byte === 0 ? 10 : 40), 0)

describe("Gas of a conviction for a product of 1,024 terms", () => {
  let court: Court

  before(async () => {
    court = await Court.open()
  })

  // Products of bytes cost so little that what large trees add is seen.
  const cases = [
    ["Float32, 16 M weights", Float32, 1 << 24, 80_000],
    ["Int8, 1 M weights", Int8, 1 << 20, 70_000],
    ["Int8, 16 M weights", Int8, 1 << 24, 90_000],
  ] as const
  for (const [name, type, length, most] of cases) {
    it(`is at most ${most.toLocaleString("en")} for hashes and siblings: ${name}`, async () => {
      const program = programOf(type, length)
      await court.register(program)
      const accused = await court.attest(runOf(program, type))
      const evidence = evidenceOf(accused, PRODUCT, rowOf(length))
      const { openings } = decodeEvidence(evidence)
      expect(openings.map(({ data }) => dataLength(data))).to.deep.equal(
        type === Float32 ? [4096, 4096] : [1024, 1024, 1, 1],
      )
      const sent = await court.convict(accused, evidence)
      const gas = Number((await sent.wait())!.gasUsed)
      expect(gas).to.be.above(21_000 + floorGas(getBytes(sent.data)))

      const { hashing, siblings } = await treeGas(accused, evidence)
      console.table({
        gas,
        hashing,
        siblings,
        percent: Math.round((1000 * (hashing + siblings)) / gas) / 10,
        bytes: dataLength(evidence),
      })
      expect(hashing + siblings).to.be.at.most(most)
      const [bound] = proofCosts(program).slice(PRODUCT)
      expect(gas).to.be.at.most(bound.gas)
      expect(dataLength(evidence)).to.be.at.most(bound.bytes)
    })
  }

  /** Gas of everything in `TensorTree`, and of the paths as calldata. */
  async function treeGas(
    { run, commitment }: Attested,
    evidence: string,
  ): Promise<{ hashing: number; siblings: number }> {
    const { program } = run
    const harness = await court.connection.ethers.deployContract("LibraryHarness")
    const { step, stepIndex, stepPath, element, outputData, outputPath, openings } = decodeEvidence(evidence)
    const roots = {
      [Space.Input]: commitment.inputRoot,
      [Space.Weights]: program.header.weightsRoot,
      [Space.Trace]: commitment.traceRoot,
      [Space.Output]: commitment.outputRoot,
    }
    const chunksGas = async (of: Tensor, chunk: number, data: string, path: string[]): Promise<number> => {
      const about = { ...of, elementType: of.type }
      const depth = depthsOf(program)[of.space]
      const { used } = await harness.verifyChunks(roots[of.space], depth, about, chunk, data, path)
      return Number(used)
    }
    const { output, operands } = program.steps[stepIndex]
    const chunk = Math.floor((Number(element) * widthOf(output.type)) / 1024)
    const { programRoot } = program.header
    let hashing =
      Number(await harness.verifyDescriptor(programRoot, stepPath.length, stepIndex, step, stepPath)) +
      (await chunksGas(output, chunk, outputData, outputPath))
    for (const opening of openings) {
      const { tensor: of } = operands[opening.operand]
      hashing += await chunksGas(of, opening.chunk, opening.data, opening.path)
    }
    // A path is its digests, their number, and where they are.
    const paths = [stepPath, outputPath, ...openings.map(({ path }) => path)]
    const words = paths.map((path) =>
      calldataGas(Uint8Array.from(path.flatMap((word) => [...getBytes(word)]))),
    )
    const siblings = words.reduce((sum, each) => sum + each + 2 * (4 * 31 + 16), 0)
    return { hashing, siblings }
  }
})
