import { expect } from "chai"
import { ConstantRequired } from "../../../src/engine/program/node.ts"
import type { ProgramParts } from "../../../src/engine/program/program.ts"
import { Body } from "../../../src/protocol/program.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { expectRefusal } from "../onnx/models.ts"
import { execute, tensor } from "./elementwise-run.ts"
import { type Attributes, type Operand, Sheet, at, gridOf, moved } from "./movement-sheet.ts"

const SEED = 0x73746570

const sheetOf = (opset = 18): Sheet => new Sheet(seeded(SEED), opset)

/** The same elements in another shape: what follows is about steps, not values. */
const as = (x: Operand, shape: readonly number[]) => ({ shape, data: x.data })

/** What a sheet takes to add a vector of twos to a value: one step, into which others may be fused. */
function plusTwo(sheet: Sheet, value: Operand): Operand {
  const two = sheet.constant("float32", [], [2])
  const data = value.data.map((one) => one + 2)
  return sheet.node("Add", [value, two], {}, { shape: value.shape, data })
}

const steps = (sheet: Sheet, ...outputs: Operand[]): ProgramParts["steps"] => {
  sheet.output(...outputs)
  return sheet.check().steps
}

describe("operators that move data, in steps", () => {
  it("take none where strides can say what they do", () => {
    const sheet = sheetOf()
    const x = sheet.input("float32", [1, 8, 2, 3])
    const [n, c, h, w] = x.shape
    const deep = gridOf([n, 2, 2 * h, 2 * w], ([i, d, y, z]) =>
      at(x, [i, 4 * (y % 2) + 2 * (z % 2) + d, Math.floor(y / 2), Math.floor(z / 2)]),
    )
    const space = sheet.node("DepthToSpace", [x], { blocksize: 2 }, deep)
    const back = sheet.node("SpaceToDepth", [space], { blocksize: 2 }, as(x, [n, c, h, w]))
    const flat = sheet.node("Flatten", [back], {}, as(x, [1, 48]))
    const tall = sheet.node("Unsqueeze", [flat, sheet.ints(-1)], {}, as(x, [1, 48, 1]))
    const wide = sheet.node("Squeeze", [tall, sheet.ints(0)], {}, as(x, [48, 1]))
    const twice = sheet.node(
      "Tile",
      [wide, sheet.ints(1, 2)],
      {},
      gridOf([48, 2], ([i]) => x.data[i]),
    )
    const cut = sheet.node(
      "Slice",
      [twice, sheet.ints(-1), sheet.ints(-49), sheet.ints(0), sheet.ints(-4)],
      {},
      {
        ...gridOf([12, 2], ([i]) => x.data[47 - 4 * i]),
      },
    )
    const taken = sheet.node(
      "Gather",
      [cut, sheet.ints(1, 3, 5)],
      {},
      gridOf([3, 2], ([i]) => x.data[43 - 8 * i]),
    )
    const grown = gridOf([6, 2], ([i]) => x.data[43 - 8 * Math.floor(i / 2)])
    const attributes = { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }
    const large = sheet.node("Resize", [taken, undefined, undefined, sheet.ints(6, 2)], attributes, grown)
    expect(steps(sheet, plusTwo(sheet, large))).to.have.length(1)
  })

  it("take one for padding, concatenation and what follows", () => {
    const sheet = sheetOf()
    const parts = [0, 1].map(() => {
      const x = sheet.input("float32", [2, 3])
      const grid = gridOf([3, 4], (place) => at(x, place.map((i) => i - 1).with(1, place[1]), 0))
      return sheet.node("Pad", [x, sheet.ints(1, 0, 0, 1)], {}, grid)
    })
    const joined = gridOf([6, 4], ([i, j]) => at(parts[Math.floor(i / 3)], [i % 3, j]))
    const both = sheet.node("Concat", parts, { axis: 0 }, joined)
    const around = gridOf([6, 6], ([i, j]) => at(both, [i, j - 1], 1))
    const one = sheet.constant("float32", [], [1])
    const outer = sheet.node("Pad", [both, sheet.ints(0, 1, 0, 1), one], {}, around)
    const [step, ...others] = steps(sheet, plusTwo(sheet, outer))
    expect(others).to.have.length(0)
    // Two inputs, zero where these are padded, and one around all of it.
    expect(step.mode).to.equal(4)
  })

  it("take one for mirroring all axes", () => {
    const sheet = sheetOf()
    const x = sheet.input("float32", [3, 4])
    const mirror = (i: number, last: number) => last - Math.abs(Math.abs(i) - last)
    const grid = gridOf([5, 7], ([i, j]) => at(x, [mirror(i - 1, 2), mirror(j - 2, 3)]))
    const padded = sheet.node("Pad", [x, sheet.ints(1, 2, 1, 1)], { mode: "reflect" }, grid)
    expect(steps(sheet, plusTwo(sheet, padded))).to.have.length(1)
  })

  it("split many concatenated values among steps", () => {
    const sheet = sheetOf()
    const parts = Array.from({ length: 70 }, () => sheet.input("float32", [2, 1]))
    const joined = sheet.node(
      "Concat",
      parts,
      { axis: 1 },
      gridOf([2, 70], ([i, j]) => parts[j].data[i]),
    )
    const all = steps(sheet, joined)
    expect(all.map((step) => step.mode)).to.deep.equal([32, 32, 6, 3])
  })

  it("take one for a reduction by scattering, however many updates fall together", () => {
    const sheet = sheetOf()
    const x = sheet.input("float32", [3, 2])
    const updates = sheet.input("float32", [5, 2])
    const rows = [0, 2, 0, 0, -1]
    const grid = gridOf([3, 2], ([i, j]) =>
      rows.reduce((sum, row, k) => ((row + 3) % 3 === i ? sum + at(updates, [k, j]) : sum), at(x, [i, j])),
    )
    const list = sheet.constant("int64", [5, 1], rows)
    const all = steps(sheet, sheet.node("ScatterND", [x, list, updates], { reduction: "add" }, grid))
    expect(all.map((step) => step.body)).to.deep.equal([Body.Fold])
    expect(all[0].reduction).to.deep.equal([3])
  })

  it("take two for indices that are data: one to count them from the front", () => {
    const sheet = sheetOf()
    const x = sheet.input("float32", [4, 2])
    const list = sheet.input("int32", [3], [-1, 0, 2])
    const grid = gridOf([3, 2], ([i, j]) => at(x, [[3, 0, 2][i], j]))
    expect(steps(sheet, plusTwo(sheet, sheet.node("Gather", [x, list], {}, grid)))).to.have.length(2)
  })

  it("read zero where indices that are data are out of range", () => {
    const sheet = sheetOf()
    const x = sheet.input("int64", [2, 2])
    const list = sheet.input("int64", [4], [2, -3, 2 ** 52, 1])
    const parts = sheet.node(
      "Gather",
      [x, list],
      {},
      gridOf([4, 2], ([i, j]) => (i === 3 ? at(x, [1, j]) : 0)),
    )
    sheet.output(parts)
    expect(execute(sheet.lower(), sheet.inputs)[0].values.map(Number)).to.deep.equal(parts.data)
  })

  it("move the bytes of NaN as they are", () => {
    const sheet = sheetOf()
    const bytes = Uint8Array.of(1, 2, 0xa3, 0x7f, 5, 6, 0xff, 0xff)
    const numbers = [...new Float32Array(bytes.buffer)]
    const x = sheet.input("float32", [2], numbers)
    sheet.output(sheet.node("Gather", [x, sheet.ints(0, 1, 1)], {}, { shape: [3], data: [] }))
    const given = { ...tensor("float32", [2], [0, 0]), data: bytes }
    const [{ bytes: moved }] = execute(sheet.lower(), new Map([[x.name, given]]))
    expect([...moved]).to.deep.equal([...bytes, ...bytes.slice(4)])
  })

  it("know their attributes of older operator sets", () => {
    const x6 = (sheet: Sheet) => sheet.input("float32", [2, 3])
    const cut = sheetOf(9)
    const a = x6(cut)
    const sliced = gridOf([2, 2], ([i, j]) => at(a, [i, j + 1]))
    cut.output(cut.node("Slice", [a], { axes: [1], starts: [1], ends: [2 ** 31 - 1] }, sliced))
    cut.check()

    const padded = sheetOf(10)
    const b = x6(padded)
    const grid = gridOf([3, 3], ([i, j]) => at(b, [i - 1, j], 2.5))
    padded.output(padded.node("Pad", [b], { pads: [1, 0, 0, 0], value: 2.5 }, grid))
    padded.check()

    const best = sheetOf(9)
    const c = best.input("float32", [4], [3, 9, 5, 7])
    const results = [
      { shape: [2], data: [9, 7], type: "float32" as const },
      { shape: [2], data: [1, 3], type: "int64" as const },
    ]
    best.output(...best.nodes("TopK", [c], { k: 2 }, results))
    best.check()

    const parts = sheetOf(11)
    const d = parts.input("float32", [1, 5])
    const halves = [[0, 2] as const, [2, 3] as const].map(([start, size]) => ({
      ...gridOf([1, size], (place) => at(d, moved(place, 1, place[1] + start))),
      type: "float32" as const,
    }))
    const [left, right] = parts.nodes("Split", [d], { axis: 1, split: [2, 3] }, halves)
    parts.output(parts.node("Squeeze", [left], { axes: [0] }, { shape: [2], data: left.data }))
    parts.output(parts.node("Unsqueeze", [right], { axes: [0] }, { shape: [1, 1, 3], data: right.data }))
    parts.check()
  })

  it("divide unevenly into the outputs that are asked for", () => {
    const sheet = sheetOf()
    const x = sheet.input("float32", [7])
    const results = [[0, 3] as const, [3, 3] as const, [6, 1] as const].map(([start, size]) => ({
      shape: [size],
      data: x.data.slice(start, start + size),
      type: "float32" as const,
    }))
    sheet.output(...sheet.nodes("Split", [x], { num_outputs: 3 }, results))
    sheet.check()
  })

  describe("refuse by name", () => {
    const x = (sheet: Sheet) => sheet.input("float32", [2, 3])
    const refuse = (
      operator: string,
      reason: string,
      more: (sheet: Sheet) => (Operand | undefined)[] = () => [],
      attributes: Attributes = {},
    ) => {
      const sheet = sheetOf()
      const inputs = [x(sheet), ...more(sheet)]
      sheet.output(sheet.node(operator, inputs, attributes, { shape: [], data: [] }))
      expectRefusal(() => sheet.lower(), "OperatorUnsupported", `(${operator})`, reason)
    }

    it("indices out of range", () => {
      refuse("Gather", "index 2", (sheet) => [sheet.ints(0, 2)])
      refuse("GatherND", "index -4", (sheet) => [sheet.constant("int64", [1, 2], [0, -4])])
      refuse("GatherElements", "index 3", (sheet) => [sheet.constant("int64", [1, 1], [3])])
      refuse("ScatterND", "index 5", (sheet) => [
        sheet.constant("int64", [1, 1], [5]),
        sheet.input("float32", [1, 3]),
      ])
    })

    it("shapes, axes and sizes that do not fit", () => {
      refuse("Reshape", "[4,2]", (sheet) => [sheet.ints(4, 2)])
      refuse("Reshape", "[-1,-1]", (sheet) => [sheet.ints(-1, -1)])
      refuse("Transpose", "perm [0]", () => [], { perm: [0] })
      refuse("Transpose", "repeat", () => [], { perm: [0, 0] })
      refuse("Squeeze", "size 1", (sheet) => [sheet.ints(0)])
      refuse("Concat", "do not concatenate", (sheet) => [sheet.input("float32", [2, 2])], { axis: 0 })
      refuse("Split", "[1,1]", (sheet) => [sheet.ints(1, 1)])
      refuse("Slice", "step is 0", (sheet) => [sheet.ints(0), sheet.ints(1), sheet.ints(0), sheet.ints(0)])
      refuse("Expand", "do not broadcast", (sheet) => [sheet.ints(2, 2)])
      refuse("Tile", "repeats [2]", (sheet) => [sheet.ints(2)])
      refuse("TopK", "k 4", (sheet) => [sheet.ints(4)])
      refuse("CumSum", "axis 2", (sheet) => [sheet.ints(2)])
      refuse("Compress", "condition of 3", (sheet) => [sheet.constant("bool", [3], [1, 1, 1])], { axis: 0 })
    })

    it("modes that do not exist", () => {
      refuse("Pad", '"bounce"', (sheet) => [sheet.ints(0, 0, 1, 1)], { mode: "bounce" })
      refuse("Pad", '"toString"', (sheet) => [sheet.ints(0, 0, 1, 1)], { mode: "toString" })
      const twice = (sheet: Sheet) => [undefined, sheet.constant("float32", [2], [2, 2])]
      refuse("Resize", '"lanczos"', twice, { mode: "lanczos" })
      refuse("Resize", '"middle"', twice, { coordinate_transformation_mode: "middle" })
      refuse("Resize", '"any"', twice, { nearest_mode: "any" })
      const row = (sheet: Sheet) => [sheet.constant("int64", [1, 1], [0]), sheet.input("float32", [1, 3])]
      refuse("ScatterND", '"mean"', row, { reduction: "mean" })
    })
  })

  it("ask for shapes that are data", () => {
    const sheet = sheetOf()
    const x = sheet.input("float32", [2, 3])
    const shape = sheet.input("int64", [1], [6])
    sheet.output(sheet.node("Reshape", [x, shape], {}, { shape: [6], data: x.data }))
    expect(() => sheet.lower()).to.throw(ConstantRequired, `"${shape.name}"`)
  })
})
