import { expect } from "chai"
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "../../../src/engine/onnx/graph.ts"
import { lowerWith } from "../../../src/engine/program/freeze.ts"
import { lowerParts } from "../../../src/engine/program/lower.ts"
import { expectRefusal } from "../onnx/models.ts"
import {
  ARRAYS,
  type Case,
  type TypeName,
  execute,
  f32,
  float,
  graphOf,
  i64,
  int,
  lowered,
  string,
  tensor,
} from "./elementwise-run.ts"

/** Runs a node of constants. */
const run = (given: Case) => execute(lowered({ passed: [], ...given }), new Map())
const shapeAndValues = (given: Case) => run(given).map(({ shape, values }) => ({ shape, values }))
const refused = (given: Case, ...words: string[]) =>
  expectRefusal(() => lowered({ passed: [], ...given }), "OperatorUnsupported", ...words)

describe("element-wise operators: constants and shapes", () => {
  it("takes a Constant in every form", () => {
    const constant = (name: string, attribute: OnnxAttribute) =>
      shapeAndValues({ op: "Constant", attributes: { [name]: attribute } })[0]
    for (const type of Object.keys(ARRAYS) as TypeName[]) {
      const value = tensor(type, [1, 2], [1, 0])
      const { shape, values } = constant("value", { type: "tensor", value })
      expect([shape, values.map(Number)]).to.deep.equal([
        [1, 2],
        [1, 0],
      ])
    }
    expect(constant("value_float", float(1.5))).to.deep.equal({ shape: [], values: [1.5] })
    expect(constant("value_floats", { type: "floats", value: [1, 2] })).to.deep.equal({
      shape: [2],
      values: [1, 2],
    })
    const big = 2n ** 63n - 1n
    expect(constant("value_int", { type: "int", value: big })).to.deep.equal({ shape: [], values: [big] })
    expect(constant("value_ints", { type: "ints", value: [big, -1n] })).to.deep.equal({
      shape: [2],
      values: [big, -1n],
    })
  })

  it("refuses a Constant of strings, of other types or of several forms", () => {
    refused({ op: "Constant", attributes: { value_string: string("a") } }, "value_string")
    refused({ op: "Constant", attributes: { value_int: float(1) } }, "value_int (float)")
    refused({ op: "Constant", attributes: { value_int: int(1), value_float: float(1) } }, "2 attributes")
    const value: OnnxTensor = { name: "", elementType: "float64", dims: [1], data: new Uint8Array(8) }
    refused({ op: "Constant", attributes: { value: { type: "tensor", value } } }, "float64")
  })

  it("fills shapes", () => {
    const filled = (shape: number[], value?: OnnxTensor) =>
      shapeAndValues({
        op: "ConstantOfShape",
        inputs: [i64(shape)],
        attributes: value ? { value: { type: "tensor", value } } : {},
      })[0]
    expect(filled([2, 1])).to.deep.equal({ shape: [2, 1], values: [0, 0] })
    expect(filled([3], i64([-5]))).to.deep.equal({ shape: [3], values: [-5n, -5n, -5n] })
    expect(filled([], f32([1.5]))).to.deep.equal({ shape: [], values: [1.5] })
    expect(filled([2, 0], tensor("bool", [1], [1]))).to.deep.equal({ shape: [2, 0], values: [] })
    refused({ op: "ConstantOfShape", inputs: [i64([-1])] }, "[-1]")
    refused({ op: "ConstantOfShape", inputs: [i64([2 ** 20, 2 ** 20])] }, "elements")
    const value: OnnxAttribute = { type: "tensor", value: f32([1, 2]) }
    refused({ op: "ConstantOfShape", inputs: [i64([2])], attributes: { value } }, "[2]")
  })

  it("gives shapes and sizes", () => {
    const x = f32(new Array<number>(24).fill(0), [2, 3, 4])
    const shape = (attributes: Case["attributes"] = {}, input = x) =>
      shapeAndValues({ op: "Shape", inputs: [input], attributes: attributes })[0].values.map(Number)
    expect(shape()).to.deep.equal([2, 3, 4])
    expect(shape({ start: int(1) })).to.deep.equal([3, 4])
    expect(shape({ end: int(-1) })).to.deep.equal([2, 3])
    expect(shape({ start: int(-1) })).to.deep.equal([4])
    expect(shape({ start: int(-10), end: int(10) })).to.deep.equal([2, 3, 4])
    expect(shape({ start: int(2), end: int(1) })).to.deep.equal([])
    expect(shape({}, f32([1], []))).to.deep.equal([])
    expect(shapeAndValues({ op: "Size", inputs: [x] })[0]).to.deep.equal({ shape: [], values: [24n] })
    expect(shapeAndValues({ op: "Size", inputs: [f32([], [0, 2])] })[0].values).to.deep.equal([0n])
    const parts = lowered({ op: "Shape", inputs: [x], passed: [0] })
    expect(parts.steps).to.have.length(1)
  })

  it("counts ranges", () => {
    const range = (type: TypeName, ...numbers: number[]) =>
      shapeAndValues({ op: "Range", inputs: numbers.map((one) => tensor(type, [], [one])) })[0].values.map(
        Number,
      )
    expect(range("float32", 1, 5, 2)).to.deep.equal([1, 3])
    expect(range("float32", 0, 1, 0.3)).to.deep.equal(
      [0, 1, 2, 3].map((i) => Math.fround(i * Math.fround(0.3))),
    )
    expect(range("int32", 10, 6, -3)).to.deep.equal([10, 7])
    expect(range("int64", 0, 3, 1)).to.deep.equal([0, 1, 2])
    expect(range("int64", 3, 0, 1)).to.deep.equal([])
    expect(range("int64", 3, 4, 1)).to.deep.equal([3])
    const inputs = (...numbers: (number | bigint)[]) => numbers.map((one) => i64([one], []))
    refused({ op: "Range", inputs: inputs(0, 3, 0) }, "Infinity")
    refused({ op: "Range", inputs: inputs(0, 0, 0) }, "NaN")
    refused({ op: "Range", inputs: inputs(0, 2n ** 62n, 1) }, "input 1")
    refused({ op: "Range", inputs: [f32([0], []), ...inputs(1, 1)] }, "different types")
  })

  it("needs the numbers of a range before the model runs", () => {
    const inputs = [0, 4, 2].map((one) => i64([one], []))
    const given = new Map(inputs.map((one, i) => [`x${i}`, one]))
    const { program, constants } = lowerWith(graphOf({ op: "Range", inputs }), given)
    expect(constants).to.have.members(["x0", "x1", "x2"])
    expect(program.outputs[0].shape).to.deep.equal([2])
  })

  it("makes matrices with a diagonal", () => {
    const eye = (shape: number[], attributes: Case["attributes"] = {}) =>
      shapeAndValues({
        op: "EyeLike",
        inputs: [tensor("int32", shape, new Array<number>(shape[0] * shape[1]).fill(9))],
        attributes: attributes,
      })[0].values.map(Number)
    expect(eye([2, 3])).to.deep.equal([1, 0, 0, 0, 1, 0])
    expect(eye([2, 3], { k: int(1), dtype: int(1) })).to.deep.equal([0, 1, 0, 0, 0, 1])
    expect(eye([2, 2], { k: int(-1) })).to.deep.equal([0, 0, 1, 0])
    refused({ op: "EyeLike", inputs: [f32([1])] }, "[1]")
  })
})

describe("element-wise operators: identities", () => {
  const chain = (middle: Partial<OnnxNode> & Pick<OnnxNode, "opType">) => {
    const nodes: OnnxNode[] = [
      { opType: "Add", inputs: ["x0", "x0"], outputs: ["a"] },
      { inputs: ["a"], outputs: ["b"], ...middle },
      { opType: "Relu", inputs: ["b"], outputs: ["y0"] },
    ].map((one, i) => ({ name: `${i}`, domain: "", attributes: new Map(), ...one }))
    return lowerParts({ ...graphOf({ op: "Relu", inputs: [f32([1, -2])], opset: 13 }), nodes })
  }

  it("are no step of their own", () => {
    for (const opType of ["Identity", "Dropout"]) expect(chain({ opType }).steps).to.have.length(1)
    const attributes = new Map<string, OnnxAttribute>([["to", int(1)]])
    expect(chain({ opType: "Cast", attributes }).steps).to.have.length(1)
  })

  it("keep bytes", () => {
    const patterns = new Uint32Array([0x7fc12345, 0xff800001, 0x80000000])
    const x = f32([0, 0, 0])
    x.data.set(new Uint8Array(patterns.buffer))
    const [{ bytes }] = execute(lowered({ op: "Identity", inputs: [x] }), new Map([["x0", x]]))
    expect(bytes).to.deep.equal(x.data)
  })

  it("are what Dropout does in inference, with a mask of ones", () => {
    const dropout = (opset: number, inputs: Case["inputs"] = [f32([1, -2])], passed = [0]) => {
      const parts = lowered({ op: "Dropout", inputs: inputs, opset, outputs: 2, passed })
      return execute(parts, new Map([["x0", inputs[0]!]])).map(({ values, bytes }) => [values, bytes.length])
    }
    expect(dropout(7)).to.deep.equal([
      [[1, -2], 8],
      [[1, 1], 8],
    ])
    expect(dropout(10)).to.deep.equal([
      [[1, -2], 8],
      [[1, 1], 2],
    ])
    const [x, off, on] = [f32([1, -2]), tensor("bool", [], [0]), tensor("bool", [], [1])]
    expect(dropout(13, [x, f32([0.5], [])])[0][0]).to.deep.equal([1, -2])
    expect(dropout(13, [x, f32([0.5], []), off])[0][0]).to.deep.equal([1, -2])
    expect(dropout(13, [x, f32([0], []), on])[0][0]).to.deep.equal([1, -2])
    refused({ op: "Dropout", inputs: [x, f32([0.25], []), on], opset: 13 }, "ratio of 0.25")
    refused({ op: "Dropout", inputs: [x, undefined, on], opset: 13 }, "ratio of 0.5")
  })
})
