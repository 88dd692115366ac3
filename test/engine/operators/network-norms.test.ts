import { expect } from "chai"
import { expectRefusal } from "../onnx/models.ts"
import { type Case, expectNear, f32, float, int, lowered, run, valuesFor } from "./elementwise-run.ts"

/** The values of every output. */
const outputsFor = (given: Case): (number | bigint)[][] => run(given).map(({ values }) => values)
const refuse = (given: Case, ...words: string[]): void =>
  expectRefusal(() => lowered(given), "OperatorUnsupported", `(${given.op})`, ...words)

describe("normalisations", () => {
  const parameters = [f32([1, 2]), f32([3, 4]), f32([5, 6]), f32([3, 8])]
  const batch = (attributes: Case["attributes"], opset: number, outputs = 1): Case => ({
    op: "BatchNormalization",
    inputs: [f32([5, 7, 6, 9], [1, 2, 2]), ...parameters],
    attributes: { epsilon: float(1), ...attributes },
    opset,
    outputs,
  })

  it("BatchNormalization: by channel, by place before opset 9, or by the batch's own statistics", () => {
    expectNear(valuesFor(batch({}, 15)), [3, 4, 4, 6])
    expectNear(valuesFor(batch({ spatial: int(1) }, 7)), [3, 4, 4, 6])
    const places = [1, 2, 3, 4].map((value) => f32([value, value, value, value], [2, 2]))
    const old = { ...batch({ spatial: int(0) }, 7), inputs: [f32([5, 7, 6, 9], [1, 2, 2]), ...places] }
    expectNear(
      valuesFor(old),
      [5, 7, 6, 9].map((x) => (x - 3) / Math.sqrt(5) + 2),
    )
    const [y, mean, variance] = outputsFor(batch({ training_mode: int(1), momentum: float(0.75) }, 15, 3))
    const [first, second] = [Math.sqrt(2), 1.5 / Math.sqrt(3.25)]
    expectNear(y, [3 - 1 / first, 3 + 1 / first, 4 - 2 * second, 4 + 2 * second])
    expectNear(mean, [5 * 0.75 + 6 * 0.25, 6 * 0.75 + 7.5 * 0.25])
    expectNear(variance, [3 * 0.75 + 0.25, 8 * 0.75 + 2.25 * 0.25])
    refuse(batch({}, 13, 2), "training")
    refuse({ ...batch({}, 15), inputs: [f32([1, 2], [1, 2]), f32([1]), ...parameters.slice(1)] }, "input 1")
  })

  it("GroupNormalization: a scale for each group before opset 21, for each channel since then", () => {
    const group = (opset: number, scale: number[]): Case => ({
      op: "GroupNormalization",
      inputs: [f32([1, 3, 5, 9], [1, 4, 1]), f32(scale), f32(scale.map(() => 1))],
      attributes: { num_groups: int(2), epsilon: float(0) },
      opset,
    })
    expectNear(valuesFor(group(18, [1, 2])), [0, 2, -1, 3])
    expectNear(valuesFor(group(21, [1, 2, 3, 4])), [0, 3, -2, 5])
    refuse(group(18, [1, 2, 3, 4]), "input 1")
    refuse({ ...group(21, [1, 2, 3, 4]), attributes: { num_groups: int(3) } }, "3 groups")
    refuse({ ...group(21, [1, 2, 3, 4]), attributes: {} }, "num_groups")
  })

  it("LayerNormalization returns the mean and the inverse deviation too", () => {
    const layer: Case = {
      op: "LayerNormalization",
      inputs: [f32([1, 3, 2, 6], [2, 2]), f32([1, 1])],
      attributes: { epsilon: float(0) },
      outputs: 3,
    }
    const results = run(layer)
    expect(results.map(({ shape }) => shape)).to.deep.equal([
      [2, 2],
      [2, 1],
      [2, 1],
    ])
    expect(results.map(({ values }) => values)).to.deep.equal([
      [-1, 1, -1, 1],
      [2, 4],
      [1, 0.5],
    ])
    refuse({ ...layer, attributes: { stash_type: int(10) } }, "stash_type")
    refuse({ ...layer, inputs: [layer.inputs![0], f32([1, 1, 1])] }, "broadcast")
  })

  it("LpNormalization of zeros is zero", () => {
    const norm = (p: number): Case => ({
      op: "LpNormalization",
      inputs: [f32([3, -4, 0, 0], [2, 2])],
      attributes: { p: int(p) },
    })
    expectNear(valuesFor(norm(2)), [0.6, -0.8, 0, 0])
    expectNear(valuesFor(norm(1)), [3 / 7, -4 / 7, 0, 0])
    refuse(norm(3), "p is 3")
  })

  it("LRN looks at fewer channels before than after one, if their number is even", () => {
    const lrn = {
      op: "LRN",
      inputs: [f32([1, 2, 3], [1, 3, 1])],
      attributes: { size: int(2), alpha: float(2) },
    }
    const wanted = [1 / 6 ** 0.75, 2 / 14 ** 0.75, 3 / 10 ** 0.75]
    expectNear(valuesFor(lrn), wanted)
    expectNear(valuesFor({ ...lrn, attributes: { ...lrn.attributes, beta: float(2) } }), [
      1 / 36,
      2 / 196,
      3 / 100,
    ])
  })
})
