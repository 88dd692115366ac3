import type { Execution } from "../../src/engine/executor.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import { Engine } from "../../src/engine/wasm/engine.ts"
import { type IdentityCase, identityCases } from "./cases.ts"

/** What must be the same on every machine. */
export interface Identity {
  readonly modelId: string
  readonly inputRoot: string
  readonly traceRoot: string
  readonly outputRoot: string
}

/** The identities of all cases by name. */
export type Identities = Readonly<Record<string, Identity>>

/** How the cases are run. */
export interface IdentityOptions {
  /** Threads that compute; one more hashes. */
  readonly threads: number
  /** With networks that take seconds to lower. */
  readonly large: boolean
}

/** Where the model that the project ships lies. */
export const DIGITS = new URL("../../models/digits.onnx", import.meta.url)

/** Runs all cases here on the engine. @param digits the bytes of {@link DIGITS}. */
export async function identitiesOf(digits: Uint8Array, options: IdentityOptions): Promise<Identities> {
  const identities: Record<string, Identity> = {}
  for (const one of identityCases(digits, options.large)) {
    const engine = await Engine.create(one.program, { threads: options.threads })
    identities[one.name] = identityOf(one, await engine.run(one.inputs, "eager"))
    await engine.close()
  }
  return identities
}

/** What the definition of all bits says: the reference interpreter's identities of the small cases. */
export function definedIdentities(digits: Uint8Array): Identities {
  const cases = [...identityCases(digits, false)]
  return Object.fromEntries(
    cases.map((one) => [one.name, identityOf(one, interpret(one.program, one.inputs))]),
  )
}

function identityOf({ program }: IdentityCase, run: Execution): Identity {
  const { inputRoot, traceRoot, outputRoot } = commit(run)
  return { modelId: program.modelId, inputRoot, traceRoot, outputRoot }
}
