import { type Changes, CompileError, type Compiler, type Contracts } from "./compiler.ts"
import { type Mutant, applied } from "./generate.ts"
import type { MochaTests } from "./mocha-tests.ts"
import { type Project, closureOf, isOwnTest, mochaOf } from "./project.ts"
import type { SolidityTests } from "./solidity-tests.ts"

/** What became of a mutant, and which test saw it. */
export type Verdict =
  { readonly kind: "killed"; readonly by: string } | { readonly kind: "survived" | "equivalent" | "invalid" }

/** A Solidity test file or none, and the test that failed. */
interface Killer {
  readonly test?: string
  readonly failed: string
}

/** Tests that are compiled together, when they are needed. */
interface Group {
  readonly tests: readonly string[]
  readonly contracts: () => Contracts
}

/** Runs tests against mutants, those first that will most likely fail. */
export class Trial {
  readonly #project: Project
  readonly #compiler: Compiler
  readonly #solidity: SolidityTests
  readonly #mocha: MochaTests
  /** Tests that have killed mutants of a file. */
  readonly #killers = new Map<string, Set<string>>()
  /** Seconds that each test took when it last ran. */
  readonly #durations = new Map<string, number>()
  readonly #checked = new Set<string>()
  #compiles = false
  readonly #originals = new Map<string, Contracts>()

  constructor(project: Project, compiler: Compiler, solidity: SolidityTests, mocha: MochaTests) {
    this.#project = project
    this.#compiler = compiler
    this.#solidity = solidity
    this.#mocha = mocha
  }

  async run(mutant: Mutant): Promise<Verdict> {
    const name = this.#project.names[mutant.file]
    const changes = { [name]: applied(mutant, this.#project.sources[name]) }
    try {
      const killer = await this.#killer(mutant.file, changes)
      if (killer) return { kind: "killed", by: killer }
      return { kind: this.#isEquivalent(mutant.file, changes) ? "equivalent" : "survived" }
    } catch (error) {
      if (!(error instanceof CompileError)) throw error
      this.#requireCompiling()
      return { kind: "invalid" }
    }
  }

  async #killer(file: string, changes: Changes): Promise<string | undefined> {
    const [own, likely, others] = this.#groups(file, changes)
    const killer =
      (await this.#solidityKiller(own, true)) ??
      (await this.#solidityKiller(likely, true)) ??
      (await this.#mochaKiller(file, changes)) ??
      (await this.#solidityKiller(others, true)) ??
      (await this.#solidityKiller(own, false)) ??
      (await this.#solidityKiller(likely, false)) ??
      (await this.#solidityKiller(others, false))
    if (killer?.test) this.#killersOf(file).add(killer.test)
    return killer?.failed
  }

  /** The tests named after the file, those that have killed mutants of it, and the rest; fast ones first. */
  #groups(file: string, changes: Changes): Group[] {
    const affected = this.#project.tests
      .filter((test) => this.#needs(test, file))
      .sort((a, b) => (this.#durations.get(a) ?? 0) - (this.#durations.get(b) ?? 0))
    const isLikely = (test: string) => this.#killersOf(file).has(test) && !this.#project.long.includes(test)
    const rank = (test: string) => (isOwnTest(file, test) ? 0 : isLikely(test) ? 1 : 2)
    return [0, 1, 2].map((wanted) => {
      const tests = affected.filter((test) => rank(test) === wanted)
      let contracts: Contracts | undefined
      return { tests, contracts: () => (contracts ??= this.#compileTests(tests, changes)) }
    })
  }

  #killersOf(file: string): Set<string> {
    const killers = this.#killers.get(file) ?? new Set<string>()
    this.#killers.set(file, killers)
    return killers
  }

  async #solidityKiller({ tests, contracts }: Group, quick: boolean): Promise<Killer | undefined> {
    for (const test of tests) {
      const started = performance.now()
      const [failed] = await this.#solidity.run(test, contracts(), { quick })
      this.#durations.set(test, (performance.now() - started) / 1000)
      if (!failed) continue
      await this.#check(test, () =>
        this.#solidity.run(test, this.#compileTests([test], {}), { quick: false }),
      )
      return { test, failed }
    }
    return undefined
  }

  async #mochaKiller(file: string, changes: Changes): Promise<Killer | undefined> {
    const tests = mochaOf(this.#project.root, file)
    if (tests.length === 0) return undefined
    const contracts = this.#compiler.contracts(this.#built(file), changes, { optimize: true })
    const failed = await this.#mocha.run(tests, contracts)
    if (failed === undefined) return undefined
    await this.#check(tests.join(" "), async () => ((await this.#mocha.run(tests, {})) ? tests : []))
    return { failed }
  }

  /** A test that fails without a change would seem to kill everything. */
  async #check(test: string, failing: () => Promise<readonly string[]>): Promise<void> {
    if (this.#checked.has(test)) return
    const failed = await failing()
    if (failed.length > 0) throw new Error(`Fails without a change: ${failed.join(", ")}`)
    this.#checked.add(test)
  }

  /** Otherwise no mutant would compile, and none would count. */
  #requireCompiling(): void {
    if (!this.#compiles) this.#compileTests(this.#project.tests, {})
    this.#compiles = true
  }

  #compileTests(tests: readonly string[], changes: Changes): Contracts {
    const names = tests.map((test) => this.#project.names[test])
    return this.#compiler.contracts(names, changes, { optimize: false })
  }

  /** The optimiser is good at seeing that two texts mean the same. */
  #isEquivalent(file: string, changes: Changes): boolean {
    const names = this.#built(file)
    const original = this.#originals.get(file) ?? this.#compiler.contracts(names, {}, { optimize: true })
    this.#originals.set(file, original)
    return isSameCode(original, this.#compiler.contracts(names, changes, { optimize: true }))
  }

  /** Files other than tests whose contracts have code of `file` in them. */
  #built(file: string): string[] {
    const files = Object.keys(this.#project.names).filter((path) => !path.endsWith(".t.sol"))
    return files.filter((path) => this.#needs(path, file)).map((path) => this.#project.names[path])
  }

  #needs(path: string, file: string): boolean {
    const { names } = this.#project
    return closureOf(this.#project, [names[path]]).has(names[file])
  }
}

/** Whether all contracts are created with the same code, and there are any. */
function isSameCode(left: Contracts, right: Contracts): boolean {
  const codes = Object.entries(left).flatMap(([source, contracts]) =>
    Object.entries(contracts).map(([name, { evm }]) => [
      evm.bytecode.object,
      right[source][name].evm.bytecode.object,
    ]),
  )
  return codes.some(([code]) => code !== "") && codes.every(([before, after]) => before === after)
}
