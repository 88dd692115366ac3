import type { Constant, Program } from "../engine/program/program.ts"

/** What a thread needs of a program to run it: all but the trees that only openings read. */
export type ThreadProgram = Omit<Program, "programTree" | "weightsTree">

/** Every constant begins at such a multiple: elements of every type can be read where they are. */
const LINE = 64

/**
 * The program with its constants in memory that threads share: starting another one copies none of them. (Each engine still
 * lays them out once in the linear memory of its own kernels, in the form that these read.)
 */
export function withSharedConstants(program: Program): Program {
  if (program.constants.every(({ data }) => data.buffer instanceof SharedArrayBuffer)) return program
  return { ...program, constants: sharedConstants(program.constants) }
}

/** The same constants in one piece of shared memory. */
export function sharedConstants(constants: readonly Constant[]): Constant[] {
  const room = ({ data }: Constant) => Math.ceil(data.length / LINE) * LINE
  const bytes = constants.reduce((sum, constant) => sum + room(constant), 0)
  const shared = new Uint8Array(new SharedArrayBuffer(bytes))
  let at = 0
  return constants.map((constant) => {
    const data = shared.subarray(at, at + constant.data.length)
    data.set(constant.data)
    at += room(constant)
    return { tensor: constant.tensor, data }
  })
}

/** What is sent to a thread. */
export function threadProgram({ programTree, weightsTree, ...rest }: Program): ThreadProgram {
  void programTree
  void weightsTree
  return rest
}
