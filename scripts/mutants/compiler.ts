import { createRequire } from "node:module"
import type { AstNode } from "./ast.ts"
import { type Project, closureOf } from "./project.ts"

/** One contract as the compiler gives it. */
export interface Compiled {
  readonly abi: readonly { readonly type: string; readonly name?: string }[]
  readonly evm: { readonly bytecode: Code; readonly deployedBytecode: Code }
}

interface Code {
  readonly object: string
}

interface Output {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[]
  readonly contracts?: Contracts
  readonly sources?: Readonly<Record<string, { readonly ast: AstNode }>>
}

/** Contracts by file and name. */
export type Contracts = Readonly<Record<string, Readonly<Record<string, Compiled>>>>

/** The source is not valid, as that of many mutants. */
export class CompileError extends Error {}

/** Texts that differ from the project's, by the compiler's names. */
export type Changes = Readonly<Record<string, string>>

const CODE = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]

/** The compiler, loaded once: it takes longer to load than to compile a contract. */
export class Compiler {
  readonly #project: Project
  #solc: { compile(input: string): string } | undefined

  constructor(project: Project) {
    this.#project = project
  }

  /** Code of the contracts of `names`; without the optimiser it takes a third of the time. */
  contracts(names: readonly string[], changes: Changes, options: { optimize: boolean }): Contracts {
    const selection = Object.fromEntries(names.map((name) => [name, { "*": CODE }]))
    const optimizer = options.optimize ? {} : { optimizer: { enabled: false } }
    return this.#compile(names, changes, selection, optimizer).contracts ?? {}
  }

  trees(names: readonly string[]): Readonly<Record<string, AstNode>> {
    const selection = Object.fromEntries(names.map((name) => [name, { "": ["ast"] }]))
    const { sources = {} } = this.#compile(names, {}, selection, {})
    return Object.fromEntries(names.map((name) => [name, sources[name].ast]))
  }

  #compile(names: readonly string[], changes: Changes, outputSelection: object, others: object): Output {
    this.#solc ??= createRequire(import.meta.url)("solc") as { compile(input: string): string }
    const files = [...closureOf(this.#project, names)]
    const sources = files.map((name) => [name, { content: changes[name] ?? this.#project.sources[name] }])
    const settings = { ...this.#project.settings, ...others, outputSelection }
    const input = { language: "Solidity", sources: Object.fromEntries(sources) as object, settings }
    const output = JSON.parse(this.#solc.compile(JSON.stringify(input))) as Output
    const error = output.errors?.find(({ severity }) => severity === "error")
    if (error) throw new CompileError(error.formattedMessage)
    return output
  }
}
