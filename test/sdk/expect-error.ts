import { expect } from "chai"
import { OnusError, isOnusError } from "../../src/protocol/errors.ts"

/** Expects an OnusError with the code from an action, asynchronous or not. */
export async function expectError(code: string, action: () => unknown): Promise<OnusError> {
  try {
    await action()
  } catch (error) {
    if (!isOnusError(error)) throw error
    expect(error.code, error.message).to.equal(code)
    return error
  }
  return expect.fail(`nothing was thrown, expected ${code}`)
}
