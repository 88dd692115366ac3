import { Compiler } from "./compiler.ts"
import { type Mutant, mutantsOf } from "./generate.ts"
import { type Project, filesOf, subjectsOf } from "./project.ts"

/** All mutants of the project. */
export function allMutants(project: Project): Mutant[] {
  const files = subjectsOf(project.root).filter((file) => Object.hasOwn(project.names, file))
  const trees = new Compiler(project).trees(files.map((file) => project.names[file]))
  return files.flatMap((file) => {
    const name = project.names[file]
    return mutantsOf(file, project.sources[name], trees[name])
  })
}

/** Those that `--only` names: a file or a pattern, and a line of it perhaps. */
export function selected(mutants: readonly Mutant[], root: string, only: string | undefined): Mutant[] {
  if (only === undefined) return [...mutants]
  const [, pattern, line] = /^(.*?)(?::(\d+))?$/.exec(only)!
  const files = filesOf(root, pattern)
  const found = mutants.filter(({ file }) => files.includes(file))
  const some = line === undefined ? found : found.filter((mutant) => mutant.line === Number(line))
  if (some.length === 0) throw new Error(`Nothing to change in ${only}`)
  return some
}
