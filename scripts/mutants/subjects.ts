// What is mutated, and what has to notice. Nothing else here knows the project's files by name.

/** Files to mutate, and the mocha files that test them beside the Solidity tests. */
export interface Subject {
  readonly files: string
  readonly except?: string
  readonly mocha?: string
}

export const SUBJECTS: readonly Subject[] = [
  { files: "contracts/{core,consumer,audits,adapters}/**/*.sol" },
  { files: "contracts/types/State.sol" },
  { files: "contracts/faults/{Equivocation,Omission}.sol" },
  {
    files: "contracts/faults/{Commitments,Disclosure}.sol",
    mocha: "test/faults/{Disclosure*,Resumption}.test.ts",
  },
  // What proves elements is compared with the interpreter, bit by bit, by other tests.
  {
    files: "contracts/libraries/*.sol",
    except: "contracts/libraries/{ElementProofs,Elements,TensorTree}.sol",
  },
  { files: "contracts/libraries/Randao.sol", mocha: "test/audits/Randao.test.ts" },
]

/** The Solidity tests that mutants run against. */
export const TESTS =
  "test/{adapters,audits,consumer,core,findings,invariants,libraries,reputation}/**/*.t.sol"

/** They measure gas, and mutants run without the optimiser. */
export const GAS_TESTS = "test/**/*.gas.t.sol"

/** They need more gas than the others, and run last: a loop without an end would fill the memory in them. */
export const LONG_TESTS = "test/invariants/Money.t.sol"

/** Survivors that are known, each with its reason. */
export const KNOWN = "test/mutants/equivalent.json"

/** This part of the mutants that are not equivalent has to die. */
export const GATE = 0.95
