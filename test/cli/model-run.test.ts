import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { elementsOf, tensorOf } from "../../src/engine/onnx/elements.ts"
import { saveOnnx } from "../../src/engine/onnx/save.ts"
import { decodeTensorFile, encodeTensorFile } from "../../src/engine/onnx/tensor-file.ts"
import { graphOf, node } from "../engine/program/graphs.ts"
import { MODEL, type Refusal, SEVEN, onus } from "./run.ts"

interface RunReply {
  readonly modelId: string
  readonly inputCommitment: string
  readonly outputCommitment: string
  readonly traceCommitment: string
  readonly constants: readonly string[]
  readonly outputs: readonly { name: string; type: string; shape: number[]; values: number[]; file: string }[]
  readonly timings: Readonly<Record<string, number>>
}

interface InspectReply {
  readonly operators: Readonly<Record<string, number>>
  readonly parameters: number
  readonly multiplyAccumulates: number | null
  readonly supported: boolean
  readonly unsupported: readonly string[]
}

/** A model whose rows are open, and whose result has the shape that an input says. */
const OPEN = saveOnnx({
  ...graphOf({
    inputs: { x: [2, 3] },
    nodes: [node("Relu", ["x"], "r"), node("Reshape", ["r", "shape"], "y")],
    outputs: ["y"],
  }),
  inputs: [
    { name: "x", elementType: "float32", shape: ["rows", 3] },
    { name: "shape", elementType: "int64", shape: [2] },
  ],
})

describe("onus run and onus model inspect", () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "onus-run-"))
    writeFileSync(join(folder, "open.onnx"), OPEN)
    const x = tensorOf("x", "float32", [2, 3], Float32Array.of(-1, 2, -3, 4, -5, 6))
    writeFileSync(join(folder, "x.pb"), encodeTensorFile(x))
    writeFileSync(join(folder, "shape.json"), "[3, 2]")
  })
  after(() => rmSync(folder, { recursive: true }))

  const reply = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await onus(folder, {}, ...args, "--json")
    expect(code, stdout + stderr).to.equal(0)
    return JSON.parse(stdout) as T
  }
  const refusal = async (exit: number, ...args: string[]): Promise<Refusal> => {
    const { code, stdout, stderr } = await onus(folder, {}, ...args, "--json")
    expect(code, stdout + stderr).to.equal(exit)
    return (JSON.parse(stdout) as { error: Refusal }).error
  }

  it("answers with the commitments of a receipt, the same for any number of threads", async () => {
    const one = await reply<RunReply>("run", MODEL, "--input", `image=${SEVEN}`)
    const two = await reply<RunReply>("run", MODEL, "--input", `image=${SEVEN}`, "--threads", "2")
    const [output] = one.outputs
    expect(output.shape).to.deep.equal([1, 10])
    expect(output.values.indexOf(Math.max(...output.values))).to.equal(7)
    for (const name of ["modelId", "inputCommitment", "outputCommitment", "traceCommitment"] as const) {
      expect(one[name]).to.match(/^0x[0-9a-f]{64}$/)
      expect(two[name]).to.equal(one[name])
    }
    expect(Object.keys(one.timings)).to.include.members(["load", "lower", "run", "commit"])
  })

  it("tells people the same", async () => {
    const { code, stdout } = await onus(folder, {}, "run", MODEL, "--input", `image=${SEVEN}`)
    expect(code).to.equal(0)
    expect(stdout).to.include("largest: element 7").and.to.include("modelId")
  })

  it("writes every output as a TensorProto", async () => {
    const out = join(folder, "answer")
    const { outputs } = await reply<RunReply>("run", MODEL, "--input", `image=${SEVEN}`, "--out", out)
    expect(readdirSync(out)).to.deep.equal([`${outputs[0].name}.pb`])
    const tensor = decodeTensorFile(readFileSync(outputs[0].file))
    expect(tensor.dims).to.deep.equal([1, 10])
    expect([...elementsOf(tensor)].map(Number)).to.deep.equal(outputs[0].values)
  })

  it("reads open dimensions off the inputs, and makes constants of inputs that say what the model is", async () => {
    const inputs = ["--input", "x=x.pb", "--input", "shape=shape.json"]
    const run = await reply<RunReply>("run", "open.onnx", ...inputs)
    expect(run.outputs[0]).to.deep.include({ shape: [3, 2], values: [0, 2, 0, 4, 0, 6] })
    expect(run.constants).to.deep.equal(["shape"])
    const named = await reply<RunReply>("run", "open.onnx", ...inputs, "--dim", "rows=2")
    expect(named.modelId).to.equal(run.modelId)
    const fixed = ["--input", "x=x.pb", "--constant", "shape=shape.json"]
    expect((await reply<RunReply>("run", "open.onnx", ...fixed)).modelId).to.equal(run.modelId)
  })

  it("names what is missing or wrong", async () => {
    const x = ["--input", "x=x.pb"]
    const shape = ["--input", "shape=shape.json"]
    expect((await refusal(2, "run", "open.onnx", ...shape)).code).to.equal("DimensionMissing")
    expect((await refusal(2, "run", "open.onnx", ...x)).code).to.equal("ConstantRequired")
    const taller = await refusal(2, "run", "open.onnx", ...x, ...shape, "--dim", "rows=4")
    expect(taller.message).to.include("make y")
    expect((await refusal(2, "run", "open.onnx", ...x, ...shape, "--dim", "cols=4")).code).to.equal(
      "DimensionUnknown",
    )
    expect((await refusal(2, "run", "open.onnx", ...x, ...shape, "--dim", "rows")).code).to.equal(
      "DimensionInvalid",
    )
    expect((await refusal(2, "run", MODEL)).code).to.equal("InputMissing")
    expect((await refusal(2, "run", MODEL, "--input", `pixels=${SEVEN}`)).code).to.equal("InputUnknown")
    expect((await refusal(2, "run", MODEL, "--threads", "0")).message).to.include("1 to 64")
  })

  it("inspects a model, also one that is not supported", async () => {
    const digits = await reply<InspectReply>("model", "inspect", MODEL)
    expect(digits).to.deep.include({ parameters: 26_698, supported: true, unsupported: [] })
    expect(digits.operators).to.include({ Conv: 2, Gemm: 2, Softmax: 1 })
    expect(digits.multiplyAccumulates).to.be.above(100_000)
    const strange = graphOf({
      inputs: { x: [2] },
      nodes: [node("Relu", ["x"], "r"), node("Mystery", ["r"], "y")],
      outputs: ["y"],
    })
    writeFileSync(join(folder, "strange.onnx"), saveOnnx(strange))
    const reasons = await reply<InspectReply>("model", "inspect", "strange.onnx")
    expect(reasons).to.deep.include({
      supported: false,
      unsupported: ["operator Mystery"],
      multiplyAccumulates: null,
    })
    const open = await reply<InspectReply>("model", "inspect", "open.onnx")
    expect(open.unsupported[0]).to.include("rows")
    const closed = await reply<InspectReply>(
      "model",
      "inspect",
      "open.onnx",
      "--dim",
      "rows=2",
      "--constant",
      "shape=shape.json",
    )
    expect(closed.supported).to.equal(true)
  })
})
