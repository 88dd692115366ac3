import { expect } from "chai"
import { opinionOn } from "../../../src/challenger/check/doubts.ts"
import { KNOWN, selfTest, testInputs, testProgram } from "../../../src/challenger/check/self-test.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import { inputsFrom } from "../../../src/pool/work.ts"
import { OnusError } from "../../../src/protocol/errors.ts"
import { network } from "../../engine/program/small-network.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import { caps } from "./stage.ts"

describe("what goes wrong on the way to a verdict", () => {
  const verdict = (code: string) => opinionOn(new OnusError(code, "a sentence")).verdict

  it("is never a mismatch", () => {
    for (const code of [
      "RunsDiffer",
      "ExecutorsDisagree",
      "SemanticsDiffer",
      "ModelTooLarge",
      "SelfTestFailed",
    ])
      expect(verdict(code), code).to.equal("differs")
    for (const code of [
      "FetchMissing",
      "ContentInvalid",
      "OnnxMalformed",
      "ModelMismatch",
      "RunFailed",
      "PoolFailed",
    ])
      expect(verdict(code), code).to.equal("unfetchable")
  })

  it("is nothing about the receipt where this program is at its end", () => {
    for (const error of [new OnusError("PoolClosed", "It ends"), new TypeError("A mistake")])
      expect(() => opinionOn(error)).to.throw(error.message)
  })
})

describe("the self-test", () => {
  it("knows what the interpreter makes of its network", () => {
    const program = testProgram()
    const { traceRoot, outputRoot } = commit(interpret(program, inputsFrom(program, testInputs())))
    expect({ modelId: program.modelId, traceRoot, outputRoot }).to.deep.equal(KNOWN)
  })

  it("is passed by this machine, and failed by one that makes something else", async () => {
    expect(await selfTest(caps())).to.equal(undefined)
    expect(await selfTest(caps(), lower(network()))).to.contain("not 0x")
  })
})
