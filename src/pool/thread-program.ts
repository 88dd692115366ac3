import type { Program } from "../engine/program/program.ts"

/** What a thread needs of a program to run it: all but the trees that only openings read. */
export type ThreadProgram = Omit<Program, "programTree" | "weightsTree">

/**
 * The program with its constants in memory that threads share: starting another one copies none of them. (Each engine still
 * lays them out once in the linear memory of its own kernels, in the form that these read.)
 */
export function withSharedConstants(program: Program): Program {
  const bytes = program.constants.reduce((sum, { data }) => sum + data.length, 0)
  const shared = new Uint8Array(new SharedArrayBuffer(bytes))
  let at = 0
  const constants = program.constants.map(({ tensor, data }) => {
    shared.set(data, at)
    return { tensor, data: shared.subarray(at, (at += data.length)) }
  })
  return { ...program, constants }
}

/** What is sent to a thread. */
export function threadProgram({ programTree, weightsTree, ...rest }: Program): ThreadProgram {
  void programTree
  void weightsTree
  return rest
}
