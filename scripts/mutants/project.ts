import { globSync } from "node:fs"
import { basename, sep } from "node:path"
import hre from "hardhat"
import { GAS_TESTS, LONG_TESTS, SUBJECTS, TESTS } from "./subjects.ts"

/** Everything of the project that a mutant is compiled and run with, as it was at the start. */
export interface Project {
  readonly root: string
  readonly solcVersion: string
  readonly settings: Settings
  /** Text of every Solidity file by the compiler's name of it. */
  readonly sources: Readonly<Record<string, string>>
  /** What each of them imports, by the same names. */
  readonly imports: Readonly<Record<string, readonly string[]>>
  /** The compiler's names of what is built, by paths. */
  readonly names: Readonly<Record<string, string>>
  readonly tests: readonly string[]
  /** Those of them that need much gas. */
  readonly long: readonly string[]
  readonly testing: Testing
}

type Profile = (typeof hre.config.test.solidity.profiles)[string]

/** How Solidity tests are run, from the configuration. */
export interface Testing {
  readonly fuzz: Profile["fuzz"]
  readonly invariant: Profile["invariant"] | undefined
  readonly isolate: boolean | undefined
}

export interface Settings {
  readonly evmVersion?: string
  readonly [name: string]: unknown
}

const posix = (path: string): string => path.split(sep).join("/")

export async function loadProject(): Promise<Project> {
  const { root } = hre.config.paths
  const roots = await hre.solidity.getRootFilePaths({ scope: "contracts" })
  const result = await hre.solidity.getCompilationJobs(roots, { force: true, quiet: true })
  if (!result.success) throw new Error(result.formattedReason)
  const sources: Record<string, string> = {}
  const imports: Record<string, string[]> = {}
  const names: Record<string, string> = {}
  let [solcVersion, settings] = ["", {} as Settings]
  for (const job of new Set(result.compilationJobsPerFile.values())) {
    const input = await job.getSolcInput()
    solcVersion = job.solcLongVersion.split("+")[0]
    settings = input.settings
    for (const [name, { content }] of Object.entries(input.sources)) sources[name] = content
    Object.assign(names, job.dependencyGraph.getRootsUserSourceNameMap())
    for (const file of job.dependencyGraph.getAllFiles()) {
      const dependencies = [...job.dependencyGraph.getDependencies(file)]
      imports[file.inputSourceName] = dependencies.map((dependency) => dependency.file.inputSourceName)
    }
  }
  const { fuzz, invariant, isolate } = hre.config.test.solidity.profiles.default
  return {
    root,
    solcVersion,
    settings,
    sources,
    imports,
    names,
    tests: filesOf(root, TESTS, GAS_TESTS),
    long: filesOf(root, LONG_TESTS),
    testing: { fuzz, invariant, isolate },
  }
}

export function filesOf(root: string, pattern: string, except?: string): string[] {
  const left = except ? new Set(globSync(except, { cwd: root })) : new Set<string>()
  return globSync(pattern, { cwd: root })
    .filter((file) => !left.has(file))
    .map(posix)
    .sort()
}

/** The files to mutate. */
export function subjectsOf(root: string): string[] {
  return [...new Set(SUBJECTS.flatMap(({ files, except }) => filesOf(root, files, except)))]
}

/** The mocha files that test `file`. */
export function mochaOf(root: string, file: string): string[] {
  const subjects = SUBJECTS.filter(({ files, except }) => filesOf(root, files, except).includes(file))
  return [...new Set(subjects.flatMap(({ mocha }) => (mocha ? filesOf(root, mocha) : [])))]
}

/** Those named after the contract. */
export function isOwnTest(file: string, test: string): boolean {
  return basename(test).startsWith(basename(file, ".sol"))
}

/** `names` and everything that they import, by the compiler's names. */
export function closureOf(project: Pick<Project, "imports">, names: readonly string[]): Set<string> {
  const found = new Set(names)
  for (const name of found) for (const other of project.imports[name]) found.add(other)
  return found
}
