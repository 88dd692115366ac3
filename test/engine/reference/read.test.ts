import { expect } from "chai"
import { Body, ElementType, Op, type Step } from "../../../src/protocol/program.ts"
import { evaluate } from "../../../src/engine/reference/evaluate.ts"
import { draw, instruction, run } from "./steps.ts"

const { Float32, Int8, Uint8, Int32, Int64, Bool } = ElementType
const words = (...patterns: number[]) => new Float32Array(Uint32Array.from(patterns).buffer)
const patternsOf = (values: ArrayBufferView) => [...new Uint32Array(values.buffer)]

describe("a Read", () => {
  it("walks the domain in row-major order", () => {
    const source = { type: Int32, values: Int32Array.of(0, 1, 2, 3, 4, 5), base: 0, strides: [1, 2] }
    const draft = { type: Int32, domain: [2, 3], body: Body.Read, mode: 1, operands: [source] }
    expect([...run(draft)]).to.deep.equal([0, 2, 4, 1, 3, 5])
    const back = { ...source, base: 5, strides: [-3, -1] }
    expect([...run({ ...draft, operands: [back] })]).to.deep.equal([5, 4, 3, 2, 1, 0])
  })

  it("moves every byte if nothing follows", () => {
    const patterns = [0x7f800001, 0xffc12345, 0x80000000, 0x00000001]
    const floats = { type: Float32, values: words(...patterns), strides: [1] }
    const moved = run({ type: Float32, domain: [4], body: Body.Read, mode: 1, operands: [floats] })
    expect(patternsOf(moved)).to.deep.equal(patterns)
    const bools = { type: Bool, values: Uint8Array.of(0, 1, 2, 255), strides: [1] }
    const draft = { type: Bool, domain: [4], body: Body.Read, mode: 1, operands: [bools] }
    expect([...run(draft)]).to.deep.equal([0, 1, 2, 255])
  })

  it("stores the canonical NaN and the two truths if anything follows", () => {
    const floats = { type: Float32, values: words(0x7f800001, 0xffc12345, 0x80000000), strides: [1] }
    const draft = { type: Float32, domain: [3], body: Body.Read, mode: 1, operands: [floats] }
    const epilogue = [instruction(Op.Cast, Float32)]
    expect(patternsOf(run({ ...draft, epilogue }))).to.deep.equal([0x7fc00000, 0x7fc00000, 0x80000000])
    const bools = { type: Bool, values: Uint8Array.of(0, 2, 255), strides: [1] }
    const loaded = [instruction(Op.Load, Bool, 0)]
    expect([
      ...run({ type: Bool, domain: [3], body: Body.Read, mode: 1, operands: [bools], epilogue: loaded }),
    ]).to.deep.equal([0, 1, 1])
  })

  it("takes the first candidate that is not on padding, and zero if there is none", () => {
    const candidate = (values: Int32Array, offset: number, size: number) => {
      return { type: Int32, values, strides: [0], guards: [{ coefficients: [1], offset, size }] }
    }
    const operands = [candidate(Int32Array.of(7), 0, 2), candidate(Int32Array.of(8), -1, 2)]
    const draft = { type: Int32, domain: [4], body: Body.Read, mode: 2, operands }
    expect([...run(draft)]).to.deep.equal([7, 7, 8, 0])
    const zero = { ...candidate(Int32Array.of(8), 5, 5), type: Int64, values: BigInt64Array.of(8n) }
    expect([...run({ ...draft, type: Int64, mode: 1, operands: [zero] })]).to.deep.equal([0n, 0n, 0n, 0n])
  })

  it("finds coordinates in integers of every type, and padding where they are out of range", () => {
    const values = Float32Array.of(10, 11, 12, 13)
    const gather = (type: ElementType, coordinates: Int8Array | Uint8Array | Int32Array | BigInt64Array) =>
      run({
        type: Float32,
        domain: [coordinates.length],
        body: Body.Read,
        mode: 1,
        operands: [
          { type: Float32, values, base: 3, strides: [0], lookups: [{ operand: 1, stride: -1, size: 4 }] },
          { type, values: coordinates, strides: [1] },
        ],
      })
    expect([...gather(Int8, Int8Array.of(0, 3, -1, 4))]).to.deep.equal([13, 10, 0, 0])
    expect([...gather(Uint8, Uint8Array.of(0, 3, 255, 4))]).to.deep.equal([13, 10, 0, 0])
    expect([...gather(Int32, Int32Array.of(1, 2, -(2 ** 31), 4))]).to.deep.equal([12, 11, 0, 0])
    expect([...gather(Int64, BigInt64Array.of(1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n))]).to.deep.equal([
      12, 0, 0, 0,
    ])
  })

  it("reads the coordinate 0 where a coordinate is on padding itself", () => {
    const guards = [{ coefficients: [1], offset: 0, size: 1 }]
    const operands = [
      { type: Int8, values: Int8Array.of(5, 6), lookups: [{ operand: 1, stride: 1, size: 2 }] },
      { type: Int64, values: BigInt64Array.of(1n, 1n), strides: [1], guards },
    ]
    const draft = { type: Int8, domain: [2], body: Body.Read, mode: 1, operands }
    expect([...run(draft)]).to.deep.equal([6, 5])
  })

  it("adds the coordinates of several lookups", () => {
    const operands = [
      {
        type: Uint8,
        values: Uint8Array.from({ length: 12 }, (_, i) => i),
        strides: [0],
        lookups: [
          { operand: 1, stride: 4, size: 3 },
          { operand: 2, stride: 1, size: 4 },
        ],
      },
      { type: Int32, values: Int32Array.of(2, 0, 3), strides: [1] },
      { type: Uint8, values: Uint8Array.of(3, 1, 0), strides: [1] },
    ]
    const draft = { type: Uint8, domain: [3], body: Body.Read, mode: 1, operands }
    expect([...run(draft)]).to.deep.equal([11, 1, 0])
  })

  it("tells what it touches, in order, and touches nothing for padding", () => {
    const guards = [{ coefficients: [1], offset: 0, size: 2 }]
    const operands = [
      {
        type: Int8,
        values: Int8Array.of(5, 6),
        strides: [0],
        guards,
        lookups: [{ operand: 2, stride: 1, size: 2 }],
      },
      { type: Int8, values: Int8Array.of(7, 8, 9), strides: [1] },
      { type: Int64, values: BigInt64Array.of(1n, 2n, 0n), strides: [1] },
    ]
    const { step, bytes } = draw({
      type: Int8,
      domain: [3],
      body: Body.Read,
      mode: 2,
      operands,
      epilogue: [instruction(Op.Load, Int8, 1), instruction(Op.Add, Int8, 0, 1)],
    })
    const touched = (element: number) => {
      const reads: [number, number][] = []
      const value = evaluate(step, element, bytes, (operand, position) => reads.push([operand, position]))
      return { value, reads }
    }
    // The coordinate, the element that it leads to, and the one that the epilogue loads.
    expect(touched(0)).to.deep.equal({ value: 13n, reads: [[2, 0], [0, 1], [1, 0]] }) // prettier-ignore
    // The coordinate is out of range.
    expect(touched(1)).to.deep.equal({ value: 16n, reads: [[2, 1], [1, 1], [1, 1]] }) // prettier-ignore
    // The guard does not hold, so the coordinate is not read.
    expect(touched(2)).to.deep.equal({ value: 18n, reads: [[1, 2], [1, 2]] }) // prettier-ignore
  })

  it("gives one element as its bytes", () => {
    const source = { type: Int64, values: BigInt64Array.of(-2n, 3n), strides: [1] }
    const { step, bytes } = draw({ type: Int64, domain: [2], body: Body.Read, mode: 1, operands: [source] })
    expect(evaluate(step, 0, bytes)).to.equal(2n ** 64n - 2n)
    const cast: Step = {
      ...step,
      output: { ...step.output, type: Int8 },
      epilogue: [instruction(Op.Cast, Int8)],
    }
    expect(evaluate(cast, 0, bytes)).to.equal(0xfen)
  })
})
