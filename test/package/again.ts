// Runs an answer again in a browser.
import { interpreter, loadOnnx, lower } from "onus/engine"
import { isOnusError } from "onus/protocol"
import { decodeBundle, verifyOffline } from "onus/sdk"

/** @returns the verdict, or the code of what is wrong with the bundle. */
async function again(model: readonly number[], bundle: string): Promise<string> {
  const program = lower(loadOnnx(Uint8Array.from(model)))
  try {
    return (await verifyOffline(program, decodeBundle(bundle), interpreter)).verdict
  } catch (error) {
    if (isOnusError(error)) return error.code
    throw error
  }
}

Object.assign(globalThis, { again })
