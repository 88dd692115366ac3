// A process that tries one mutant after the other, with everything that is slow to load kept warm.
import { Compiler } from "./compiler.ts"
import type { Mutant } from "./generate.ts"
import { MochaTests } from "./mocha-tests.ts"
import type { Project } from "./project.ts"
import { SolidityTests } from "./solidity-tests.ts"
import { Trial, type Verdict } from "./trial.ts"

/** Comes first. */
export interface Setup {
  readonly project: Project
  /** For a copy of the project, made when it is needed. */
  readonly folder: string
  /** Milliseconds that mocha may take. */
  readonly mochaLimit: number
}

/** What became of the mutant, or why it cannot be said. */
export interface Answer {
  readonly verdict?: Verdict
  readonly error?: string
}

let trial: Trial | undefined

async function answer(mutant: Mutant): Promise<Answer> {
  try {
    return { verdict: await trial!.run(mutant) }
  } catch (error) {
    return { error: (error as Error).stack ?? String(error) }
  }
}

process.on("message", (message: Setup | Mutant) => {
  if ("project" in message) {
    const { project, folder, mochaLimit } = message
    const mocha = new MochaTests(project, folder, mochaLimit)
    trial = new Trial(project, new Compiler(project), new SolidityTests(project), mocha)
    return
  }
  void answer(message).then((reply) => process.send!(reply))
})
// Whoever started this is gone.
process.on("disconnect", () => process.exit())
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit())
