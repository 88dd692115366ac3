import { expect } from "chai"
import { expectRefusal } from "../onnx/models.ts"
import { type Case, f32, int, lowered, run, string, tensor, valuesFor } from "./elementwise-run.ts"
import { ints } from "./network-random.ts"

const count = (size: number): number[] => Array.from({ length: size }, (_, i) => i)
/** The values of every output. */
const outputsFor = (given: Case): (number | bigint)[][] => run(given).map(({ values }) => values)
const refuse = (given: Case, ...words: string[]): void =>
  expectRefusal(() => lowered(given), "OperatorUnsupported", `(${given.op})`, ...words)

describe("pooling", () => {
  const pool = (op: string, x: NonNullable<Case["inputs"]>, kernel: readonly number[], more = {}): Case => ({
    op,
    inputs: x,
    attributes: { kernel_shape: ints(kernel), ...more },
  })
  const row = (values: readonly number[]) => [f32(values, [1, 1, values.length])]

  it("finds the first of the largest elements, never the padding", () => {
    const windows = { pads: ints([1, 1]), strides: ints([3]) }
    const find = (values: readonly number[]) =>
      outputsFor({ ...pool("MaxPool", row(values), [3], windows), outputs: 2 })
    expect(find([-5, -5, -7, -2, -3])).to.deep.equal([
      [-5, -2],
      [0n, 3n],
    ])
    expect(find([-Infinity, -Infinity, -Infinity, 1, 1])).to.deep.equal([
      [-Infinity, 1],
      [0n, 3n],
    ])
    expect(find([1, NaN, Infinity, -0, 0])).to.deep.equal([
      [NaN, Infinity],
      [1n, 2n],
    ])
    const narrow = pool("MaxPool", [tensor("int8", [1, 1, 4], [-128, -128, 3, 3])], [2], {
      pads: ints([1, 1]),
    })
    expect(outputsFor({ ...narrow, outputs: 2 })).to.deep.equal([
      [-128, -128, 3, 3, 3],
      [0n, 0n, 2n, 2n, 3n],
    ])
  })

  it("counts positions in the whole tensor, row by row or column by column", () => {
    const x = [f32([...count(12), ...count(12).reverse()], [1, 2, 3, 4])]
    const find = (order: number) =>
      outputsFor({ ...pool("MaxPool", x, [3, 4], { storage_order: int(order) }), outputs: 2 })[1]
    expect(find(0)).to.deep.equal([11n, 12n])
    expect(find(1)).to.deep.equal([11n, 12n])
    const part = { ...pool("MaxPool", x, [2, 2], { storage_order: int(1) }), outputs: 2 }
    // The element at row i and column j of channel c is number 12 c + i + 3 j.
    expect(outputsFor(part)[1].slice(0, 6)).to.deep.equal([4n, 7n, 10n, 5n, 8n, 11n])
  })

  it("divides by how many positions count", () => {
    const pads = { pads: ints([1, 1]) }
    expect(valuesFor(pool("AveragePool", row([6, 6, 6, 6]), [3], pads))).to.deep.equal([6, 6, 6, 6])
    const all = { ...pads, count_include_pad: int(1) }
    expect(valuesFor(pool("AveragePool", row([6, 6, 6, 6]), [3], all))).to.deep.equal([4, 6, 6, 4])
    const ceil = { strides: ints([3]), ceil_mode: int(1), count_include_pad: int(1) }
    expect(valuesFor(pool("AveragePool", row([6, 6, 6, 6, 6]), [3], ceil))).to.deep.equal([6, 6])
  })

  it("walks over one axis at a time where a window lies in too many chunks, and gets the same", () => {
    const x = [
      f32(
        count(2 * 12 * 300).map((i) => (i * 7919) % 501),
        [1, 2, 12, 300],
      ),
    ]
    const attributes = { strides: ints([3, 7]), pads: ints([4, 3, 2, 1]), dilations: ints([1, 2]) }
    const [largest] = outputsFor(pool("MaxPool", x, [9, 80], attributes))
    const at = (c: number, i: number, j: number): number => {
      const window = count(9).flatMap((a) =>
        count(80).flatMap((b) => {
          const [row, column] = [i * 3 + a - 4, j * 7 + 2 * b - 3]
          const inside = row >= 0 && row < 12 && column >= 0 && column < 300
          return inside ? [((c * 3600 + row * 300 + column) * 7919) % 501] : []
        }),
      )
      return Math.max(...window)
    }
    const wanted = count(2).flatMap((c) => count(4).flatMap((i) => count(21).map((j) => at(c, i, j))))
    expect(largest).to.deep.equal(wanted)
  })

  it("is refused without a window that fits, or with one in the padding", () => {
    const x = row([1, 2, 3])
    refuse({ op: "MaxPool", inputs: x }, "kernel_shape")
    refuse(pool("MaxPool", x, [2, 2]), "kernel_shape")
    refuse(pool("MaxPool", x, [0]), "kernel_shape")
    refuse(pool("MaxPool", x, [4]), "larger than the padded input")
    refuse(pool("MaxPool", x, [2], { strides: ints([0]) }), "strides")
    refuse(pool("MaxPool", x, [2], { dilations: ints([1, 1]) }), "dilations")
    refuse(pool("MaxPool", x, [2], { pads: ints([0, -1]) }), "pads")
    refuse(pool("MaxPool", x, [2], { auto_pad: string("SAME") }), "auto_pad")
    refuse(pool("MaxPool", x, [2], { pads: ints([2, 0]) }), "padding")
    refuse(pool("AveragePool", x, [1], { pads: ints([0, 1]) }), "padding")
    refuse(pool("AveragePool", [tensor("int8", [1, 1, 2], [1, 2])], [1]), "int8")
  })
})
