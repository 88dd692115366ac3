import { expect } from "chai"
import { isOnusError } from "../../../src/protocol/errors.ts"
import { Body, ElementType, type Instruction, Op } from "../../../src/protocol/program.ts"
import { type Draft, type Source, draw, instruction, run } from "./steps.ts"
import { runStep } from "../../../src/engine/reference/evaluate.ts"

const { Float32, Int8, Uint8, Int32, Int64, Bool } = ElementType

const float: Source = { type: Float32, values: Float32Array.of(1, 2), strides: [1] }
const byte: Source = { type: Int8, values: Int8Array.of(1, 2), strides: [1] }
const unsigned: Source = { type: Uint8, values: Uint8Array.of(1, 2), strides: [1] }
const bool: Source = { type: Bool, values: Uint8Array.of(1, 2), strides: [1] }
const reading: Draft = { type: Float32, domain: [2], body: Body.Read, mode: 1, operands: [float] }

function refuses(draft: Draft, ...words: string[]): void {
  expectInvalid(() => run(draft), words)
}

function expectInvalid(action: () => unknown, words: readonly string[]): void {
  try {
    action()
  } catch (error) {
    if (!isOnusError(error, "ProgramInvalid")) throw error
    for (const word of words) expect(error.message).to.include(word)
    return
  }
  expect.fail("the step was run")
}

describe("a step that is none is refused", () => {
  it("when it reads outside of a tensor", () => {
    refuses({ ...reading, operands: [{ ...float, base: 1 }] }, "tensor 0", "2 elements", "at 2")
    refuses({ ...reading, operands: [{ ...float, base: -1 }] }, "at -1")
    const lookups = [{ operand: 1, stride: 1, size: 9 }]
    const far = [
      { ...float, strides: [0], lookups },
      { ...unsigned, values: Uint8Array.of(1, 8) },
    ]
    refuses({ ...reading, operands: far }, "at 8")
  })

  it("when its loops do not fit", () => {
    refuses({ ...reading, operands: [{ ...float, strides: [1, 1] }] }, "operand 0", "1 loops")
    const guards = [{ coefficients: [], offset: 0, size: 1 }]
    refuses({ ...reading, operands: [{ ...float, guards }] }, "operand 0")
    const { step, bytes } = draw(reading)
    expectInvalid(() => runStep({ ...step, domain: [3] }, bytes), ["[3]", "2 elements"])
  })

  it("when a coordinate is no integer or has a coordinate itself", () => {
    const lookups = [{ operand: 1, stride: 1, size: 1 }]
    const gather = (coordinate: Source): Draft => ({
      ...reading,
      operands: [{ ...float, lookups }, coordinate],
    })
    for (const source of [float, bool]) refuses(gather(source), "operand 1", "no coordinate")
    refuses(gather({ ...byte, lookups }), "no coordinate")
    refuses({ ...reading, operands: [{ ...float, lookups: [{ ...lookups[0], operand: 7 }] }] }, "operand 7")
  })

  it("when its body has not the operands that it needs", () => {
    refuses({ ...reading, mode: 0 }, "candidate")
    refuses({ ...reading, mode: 2 }, "missing")
    refuses({ ...reading, mode: 2, operands: [float, byte] }, "differ in type")
    const dot = (...operands: Source[]): Draft => ({ ...reading, mode: 0, body: Body.Dot, operands })
    refuses(dot(float), "missing")
    refuses(dot(float, { ...byte, type: Int8 }), "type 0 with type 1")
    refuses(dot(bool, bool, bool, bool), "type 5")
    refuses(dot(byte, unsigned), "missing")
    refuses(dot(byte, unsigned, byte, byte), "zero points")
    refuses({ ...reading, body: Body.Fold, mode: Op.Sub }, `operation ${Op.Sub}`)
    refuses(
      { ...reading, body: Body.Fold, mode: Op.Add, type: Bool, operands: [bool] },
      `operation ${Op.Add}`,
    )
    refuses({ ...reading, body: Body.Rank, mode: 4, type: Int64 }, "mode 4")
    refuses(
      { ...reading, body: Body.Rank, domain: [], type: Int64, operands: [{ ...float, strides: [] }] },
      "0 coord",
    )
  })

  it("when an instruction uses what is not there or of another type", () => {
    const follow = (...epilogue: Instruction[]): Draft => ({ ...reading, epilogue })
    refuses(follow(instruction(Op.Add, Float32, 0, 1)), "register 1")
    refuses(follow(instruction(Op.Cast, Float32, 1)), "register 1")
    refuses(follow(instruction(Op.Add, Int32, 0, 0)), "register 0", "type 0", "type 3")
    refuses(follow(instruction(Op.Select, Float32, 0, 0, 0)), "register 0", "type 5")
    refuses(follow(instruction(Op.Load, Int8, 0)), "operand 0")
    refuses(follow(instruction(Op.Load, Float32, 1)), "operand 1")
    refuses(follow(instruction(Op.Bits, Int64, 0)), "Bits")
    refuses(follow(instruction(Op.FromBits, Float32, 0)), "register 0")
    refuses(follow(instruction(Op.And, Float32, 0, 0)), `operation ${Op.And}`)
    refuses(
      { ...reading, type: Int8, operands: [byte], epilogue: [instruction(Op.Shr, Int8)] },
      `operation ${Op.Shr}`,
    )
    refuses({ ...reading, type: Int32 }, "type 0 is stored as type 3")
    refuses(follow(instruction(Op.Lt, Float32, 0, 0)), "type 5 is stored as type 0")
  })
})
