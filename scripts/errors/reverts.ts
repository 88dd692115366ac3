import { globSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { HINTS } from "../../src/sdk/errors.ts"

/** An error that contracts revert with. */
export interface Revert {
  /** As Solidity writes it. */
  readonly signature: string
  readonly contracts: readonly string[]
  /** Empty if there is none. */
  readonly hint: string
}

/** Where the contracts are that people call, or inherit. */
const CALLED = ["core", "faults", "audits", "consumer", "adapters"]
const INHERITED = ["AccountableConsumer", "CallbackReceiver"]

/** The errors of all contracts, by name. @param root where they are compiled. */
export function revertsOf(root: string): Revert[] {
  const contracts = new Map<string, Set<string>>()
  const pattern = `artifacts/contracts/{${CALLED.join(",")}}/*.sol/*.json`
  for (const path of globSync(pattern, { cwd: root }).toSorted()) {
    const contract = basename(path, ".json")
    const { abi = [], bytecode } = JSON.parse(readFileSync(join(root, path), "utf8")) as Artifact
    if (bytecode === "0x" && !INHERITED.includes(contract)) continue
    for (const { type, name, inputs } of abi) {
      if (type !== "error") continue
      const signature = `${name}(${inputs.map((input) => `${shortType(input)} ${input.name}`.trim()).join(", ")})`
      contracts.set(signature, (contracts.get(signature) ?? new Set()).add(contract))
    }
  }
  return [...contracts]
    .map(([signature, names]) => ({ signature, contracts: [...names], hint: hintOf(signature) }))
    .toSorted((a, b) => (a.signature < b.signature ? -1 : 1))
}

interface Artifact {
  readonly abi?: readonly Entry[]
  /** `0x` of a contract that others are made of. */
  readonly bytecode?: string
}

interface Input {
  readonly type: string
  readonly internalType?: string
  readonly name: string
}

interface Entry {
  readonly type: string
  readonly name: string
  readonly inputs: readonly Input[]
}

const shortType = ({ type, internalType = type }: Input): string =>
  internalType.replace(/^(enum|struct) /, "")

const hintOf = (signature: string): string =>
  (HINTS as Readonly<Record<string, string>>)[signature.split("(")[0]] ?? ""
