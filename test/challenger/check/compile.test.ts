import { expect } from "chai"
import { hexlify } from "ethers"
import { compileFile } from "../../../src/challenger/check/compile/compile-file.ts"
import { compileModel, modelFrom } from "../../../src/challenger/check/compile.ts"
import type { Shapes } from "../../../src/engine/onnx/dimensions.ts"
import { saveOnnx } from "../../../src/engine/onnx/save.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import { Engine } from "../../../src/engine/wasm/engine.ts"
import { inputsFrom } from "../../../src/pool/work.ts"
import { SEMANTICS, modelId as idOf } from "../../../src/protocol/model.ts"
import { DIGITS, fileWith } from "../../engine/onnx/models.ts"
import { network } from "../../engine/program/small-network.ts"
import { digits, picture } from "../../provider/parts.ts"
import { expectError } from "../../sdk/expect-error.ts"
import { caps } from "./stage.ts"

const file = (bytes: Uint8Array) => ({ bytes, shapes: {} })
const thread = (name: string): URL => new URL(`./threads/${name}.ts`, import.meta.url)
const DIM = (...dim: object[]) => ({ tensorType: { elemType: 1, shape: { dim } } })

/** Without a thread: what is made of a file, and not what it may cost. */
const compiled = (onnx: Uint8Array, modelId?: string, shapes: Shapes = {}) =>
  modelFrom(compileFile({ onnx, shapes, modelId, limits: caps().onnx, threads: 1 }))

describe("a file of a stranger", () => {
  it("becomes the program that it is, with the trees that openings read", async () => {
    const { program, needs } = await compileModel(file(DIGITS), digits().modelId, caps())
    expect(program.modelId).to.equal(digits().modelId)
    expect(hexlify(program.weightsTree.root)).to.equal(program.header.weightsRoot)
    expect(hexlify(program.programTree.root)).to.equal(program.header.programRoot)
    expect(program.weightsTree.path(3)).to.deep.equal(digits().weightsTree.path(3))
    const run = interpret(program, inputsFrom(program, picture()))
    const own = interpret(digits(), inputsFrom(program, picture()))
    expect(commit(run).traceRoot).to.equal(commit(own).traceRoot)
    const { tensor } = program.constants[0]
    expect(commit(run).open(tensor, 0)).to.deep.equal(commit(own).open(tensor, 0))
    // What it takes was known before anything of it was run.
    const engine = await Engine.create(program)
    await engine.run(inputsFrom(program, picture()), "kept")
    await engine.run(inputsFrom(program, picture()), "none")
    expect(needs.engineBytes).to.equal(engine.memoryBytes)
    await engine.close()
    expect(needs.isProvable).to.equal(true)
    expect(needs.programBytes).to.be.above(program.constants.reduce((sum, { data }) => sum + data.length, 0))
  })

  it("counts for what it takes, also where it has many operations and hardly any weights", () => {
    const nodes = Array.from({ length: 300 }, (_, i) => ({
      name: "",
      opType: "Relu",
      domain: "",
      inputs: [i === 0 ? "x" : `y${i - 1}`],
      outputs: [`y${i}`],
      attributes: new Map(),
    }))
    const onnx = saveOnnx({
      name: "many",
      opset: 17,
      inputs: [{ name: "x", elementType: "float32", shape: [1] }],
      outputs: [{ name: "y299", elementType: undefined, shape: undefined }],
      initializers: new Map(),
      nodes,
    })
    const { program, needs } = compiled(onnx)
    const operations = program.steps.reduce((sum, { epilogue }) => sum + epilogue.length, 0)
    expect(operations).to.be.at.least(300)
    expect(needs.programBytes).to.be.at.least(6 * 32 * operations)
  })

  it("is refused if it is another model, and named", async () => {
    const other = saveOnnx(network())
    const { message } = await expectError("ModelMismatch", () => compiled(other, digits().modelId))
    expect(message).to.contain(compiled(other).program.modelId)
  })

  it("is told apart if it is the same model by other semantics", async () => {
    const later = idOf({ ...digits().header, semantics: SEMANTICS + 1 })
    const { message } = await expectError("SemanticsDiffer", () => compiled(DIGITS, later))
    expect(message).to.contain(`semantics ${SEMANTICS + 1}`)
  })

  it("has open dimensions bound as the provider says, or to one each", () => {
    const open = fileWith({
      input: [{ name: "x", type: DIM({ dimParam: "batch" }, { dimValue: 2 }) }],
      output: [{ name: "y", type: DIM({ dimParam: "batch" }, { dimValue: 2 }) }],
    })
    const told = { x: [3, 2] }
    const [one, three] = [compiled(open), compiled(open, undefined, told)]
    expect([one.dimensions, three.dimensions]).to.deep.equal([{ batch: 1 }, { batch: 3 }])
    expect(compiled(open, one.program.modelId, told).dimensions).to.deep.equal({ batch: 1 })
    expect(compiled(open, three.program.modelId, told).dimensions).to.deep.equal({ batch: 3 })
  })

  it("is refused before it is read if it is too large", () =>
    expectError("OnnxTooLarge", () =>
      compileModel(file(DIGITS), undefined, caps({ onnx: { ...caps().onnx, fileBytes: DIGITS.length - 1 } })),
    ))

  it("is refused if it is no model at all", () =>
    expectError("OnnxMalformed", () => compileModel(file(new Uint8Array(1000).fill(255)), undefined, caps())))

  it("is given up if it takes too long", () =>
    expectError("CompileTooSlow", () =>
      compileModel(file(DIGITS), undefined, { ...caps({ compileMs: 300 }), module: thread("endless") }),
    ))

  it("is given up if it takes too much memory, and nothing else is", () =>
    expectError("CompileTooLarge", () =>
      compileModel(file(DIGITS), undefined, { ...caps({ compileHeap: 32 }), module: thread("greedy") }),
    ))

  it("is given up if its thread dies", () =>
    expectError("CompileFailed", () =>
      compileModel(file(DIGITS), undefined, { ...caps(), module: thread("mortal") }),
    ))
})
