import { init } from "z3-solver"

/** Work after which a query is given up: the same on every machine, unlike a time. About 15 seconds. */
const WORK = 15_000_000

export interface Solver {
  /** `sat` if no violation can be reached, `unsat` if one can, `unknown` if that took too much work. */
  solve(query: string): Promise<string>
}

/** What is used of Z3's WebAssembly module. */
interface Memory {
  readonly HEAPU8: Uint8Array
  _malloc(bytes: number): number
  _free(address: number): void
  _async_Z3_eval_smtlib2_string(context: unknown, text: number): void
  async_call(call: () => void): Promise<string>
}

/** Z3, with a memory and a thread of its own. */
export async function createSolver(): Promise<Solver> {
  const solver = await init()
  const Z3 = solver.Z3
  const memory = solver.em as Memory
  return {
    async solve(query) {
      const text = Buffer.from(`(set-option :rlimit ${WORK})\n${query}\0`)
      const address = memory._malloc(text.length)
      if (address === 0) throw new Error("The solver has no memory for the query")
      const config = Z3.mk_config()
      const context = Z3.mk_context(config)
      Z3.del_config(config)
      try {
        memory.HEAPU8.set(text, address)
        // Not `Z3.eval_smtlib2_string`: it lends the text from its stack, which is used for other things
        // while the solver's thread still reads.
        return await memory.async_call(() => memory._async_Z3_eval_smtlib2_string(context, address))
      } finally {
        Z3.del_context(context)
        memory._free(address)
      }
    },
  }
}
