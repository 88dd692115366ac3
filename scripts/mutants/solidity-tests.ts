import { createRequire } from "node:module"
import { join } from "node:path"
import type * as Edr from "@nomicfoundation/edr"
import type { Compiled, Contracts } from "./compiler.ts"
import type { Project } from "./project.ts"

/** Ends a loop without an end before its trace fills the memory; only long tests come near to it. */
const GAS = 2n ** 30n
const LONG_GAS = 2n * GAS

const QUICK_RUNS = 8

/** Hardhat's own runner of Solidity tests, fed with contracts that are in memory only. */
export class SolidityTests {
  readonly #project: Project
  readonly #edr: typeof Edr
  #context: Promise<Edr.EdrContext> | undefined

  constructor(project: Project) {
    this.#project = project
    // The copy that Hardhat uses.
    this.#edr = createRequire(import.meta.resolve("hardhat"))("@nomicfoundation/edr") as typeof Edr
  }

  /** Runs the tests of one file, and returns those that fail. Most failures need few fuzzed inputs. */
  async run(file: string, contracts: Contracts, { quick }: { quick: boolean }): Promise<string[]> {
    this.#context ??= this.#open()
    const context = await this.#context
    const source = this.#project.names[file]
    const artifacts = Object.entries(contracts).flatMap(([name, some]) =>
      Object.entries(some).map(([contract, compiled]) => this.#artifact(name, contract, compiled)),
    )
    const suites = artifacts.map(({ id }) => id).filter((id) => id.source === source)
    const wanted = suites.filter(({ name }) => isSuite(contracts[source][name]))
    const results: Edr.SuiteResult[] = []
    const { promise, resolve } = Promise.withResolvers<undefined>()
    if (wanted.length === 0) return []
    const config = this.#config(file, quick)
    await context.runSolidityTests(this.#edr.L1_CHAIN_TYPE, artifacts, wanted, config, {}, (result) => {
      results.push(result)
      if (results.length === wanted.length) resolve(undefined)
    })
    // Results may come after the end.
    await promise
    return results.flatMap(({ id, testResults }) =>
      testResults
        .filter(({ status }) => status === this.#edr.TestStatus.Failure)
        .map(({ name }) => `${id.name}.${name}`),
    )
  }

  async #open(): Promise<Edr.EdrContext> {
    const context = new this.#edr.EdrContext()
    const factory = this.#edr.l1SolidityTestRunnerFactory()
    await context.registerSolidityTestRunnerFactory(this.#edr.L1_CHAIN_TYPE, factory)
    return context
  }

  #config(file: string, quick: boolean): Edr.SolidityTestRunnerConfigArgs {
    const { root, settings, testing, names, long } = this.#project
    const rules = settings.evmVersion!.toUpperCase() as "OSAKA"
    return {
      gasLimit: long.includes(file) ? LONG_GAS : GAS,
      fuzz: quick ? { ...testing.fuzz, runs: QUICK_RUNS } : testing.fuzz,
      ...(testing.isolate === undefined ? {} : { isolate: testing.isolate }),
      // That a test fails is all there is to know.
      invariant: { ...testing.invariant, shrinkRunLimit: 0 },
      projectRoot: root,
      fsPermissions: [],
      hardfork: this.#edr[rules],
      localPredeploys: this.#edr.l1GenesisState(this.#edr.l1HardforkFromString(this.#edr[rules])),
      disableBlockGasLimit: true,
      disableTransactionGasCap: true,
      testSourcePaths: { [names[file]]: join(root, file) },
    }
  }

  #artifact(source: string, name: string, { abi, evm }: Compiled): Edr.Artifact {
    return {
      id: { source, name, solcVersion: this.#project.solcVersion },
      contract: {
        abi: JSON.stringify(abi),
        bytecode: `0x${evm.bytecode.object}`,
        deployedBytecode: `0x${evm.deployedBytecode.object}`,
        linkReferences: {},
        deployedLinkReferences: {},
      },
    }
  }
}

function isSuite({ abi, evm }: Compiled): boolean {
  return evm.bytecode.object !== "" && abi.some(({ name }) => /^(test|invariant)/.test(name ?? ""))
}
