import { expect } from "chai"
import { Interface, ZeroHash, makeError } from "ethers"
import { isOnusError } from "../../src/protocol/errors.ts"
import { explainRefusal } from "../../src/sdk/explain-refusal.ts"
import { call, explain } from "../../src/sdk/errors.ts"
import {
  ElementReferee__factory,
  Equivocation__factory,
  Omission__factory,
  Onus__factory,
  Providers__factory,
} from "../../types/contracts/index.js"
import { expectError } from "./expect-error.ts"

const WHO = `0x${"ab".repeat(20)}`
const onus = Onus__factory.createInterface()
const providers = Providers__factory.createInterface()
const omission = Omission__factory.createInterface()

/** What ethers throws when a call reverts with that data. */
const reverted = (data: string | null, info?: Record<string, unknown>) =>
  makeError("execution reverted", "CALL_EXCEPTION", {
    action: "call",
    data,
    reason: null,
    transaction: { to: null, data: "0x" },
    invocation: null,
    revert: null,
    ...(info ? { info } : {}),
  })

describe("explain", () => {
  it("names the contract's error, its values and what to do", () => {
    const error = explain(reverted(onus.encodeErrorResult("StakeTooLow", [WHO, 5, 40])))
    if (!isOnusError(error, "StakeTooLow")) throw error
    expect(error.message).to.match(/StakeTooLow\(provider=0x[abAB]{40}, active=5, need=40\)/)
    expect(error.hint).to.contain("Deposit more stake")
    expect(error.cause).to.be.instanceOf(Error)
  })

  it("says what to do about the errors that people run into", () => {
    for (const [contract, name, values] of [
      [onus, "AnchorsPaused", [1]],
      [onus, "DisputesStopped", [1]],
      [onus, "KeyNotValid", [WHO, WHO, 1]],
      [onus, "PayoutEmpty", [ZeroHash]],
      [onus, "PayoutNotMatured", [ZeroHash, 1]],
      [onus, "PayoutSettled", [ZeroHash]],
      [onus, "ReceiptFromFuture", [2, 1]],
      [onus, "ReceiptTooOld", [ZeroHash, 1]],
      [onus, "ThawFrozen", [WHO, 1]],
      [onus, "WindowOpen", [ZeroHash, 1, 2]],
      [providers, "ChangeNotSigned", [WHO]],
      [providers, "KeyExpired", [WHO, WHO, 1]],
      [providers, "RolesInvalid", [4]],
      [omission, "BondTooLow", [1, 2]],
      [omission, "ClaimTooLate", [ZeroHash, 1]],
      [omission, "NotDue", [ZeroHash, 1]],
      [omission, "NothingToSettle", [ZeroHash]],
    ] as const) {
      const error = explain(reverted((contract as Interface).encodeErrorResult(name, values)))
      expect(error, name).to.include({ code: name }).and.have.property("hint").that.is.a("string")
    }
  })

  it("knows the judges' errors, which come through the registry", () => {
    const mismatch = Equivocation__factory.createInterface().encodeErrorResult("RequestMismatch", [
      `0x${"01".repeat(32)}`,
      `0x${"02".repeat(32)}`,
    ])
    expect(explain(reverted(mismatch))).to.have.property("code", "RequestMismatch")
    const range = ElementReferee__factory.createInterface().encodeErrorResult("StepOutOfRange", [9, 3])
    expect(explain(reverted(range))).to.have.property("code", "StepOutOfRange")
  })

  it("finds the data where nodes put it that answer with an error of their own", () => {
    const data = providers.encodeErrorResult("KeyZero", [])
    expect(explain(reverted(null, { error: { data } }))).to.have.property("code", "KeyZero")
  })

  it("says so when the contract gave no reason or an unknown one", () => {
    for (const data of [null, "0x", "0x12", "0xdeadbeef"])
      expect(explain(reverted(data)), String(data)).to.have.property("code", "CallReverted")
  })

  it("says in words why a contract's policy did not take an answer", async () => {
    const refused = new Interface(["error AnswerRefused(bytes32 receiptId, string clause, uint256 unmet)"])
    const unmet = (1n << 8n) | (1n << 14n)
    const error = reverted(refused.encodeErrorResult("AnswerRefused", [ZeroHash, "Assurance", unmet]))
    const sentences = ["The challenge window is still open", "The provider's last fault is too recent"]
    for (const thrown of [error, await expectError("AnswerRefused", () => call(Promise.reject(error)))])
      expect(explainRefusal(thrown)?.map(({ sentence }) => sentence)).to.deep.equal(sentences)
    const other = reverted(onus.encodeErrorResult("StakeTooLow", [WHO, 5, 40]))
    for (const thrown of [other, reverted(null), new Error("something else"), undefined])
      expect(explainRefusal(thrown)).to.equal(undefined)
  })

  it("leaves other errors alone, and results too", async () => {
    const other = new Error("something else")
    expect(explain(other)).to.equal(other)
    expect(explain("text")).to.equal("text")
    expect(await call(Promise.resolve(7))).to.equal(7)
    await expectError("KeyZero", () =>
      call(Promise.reject(reverted(providers.encodeErrorResult("KeyZero", [])))),
    )
  })
})
