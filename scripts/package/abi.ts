import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"

/** Contracts that are deployed, by their folders in `contracts/`, and what callbacks are made to. */
const CONTRACTS = [
  "core/{Onus,Providers,Models,Reputation,Governance}",
  "faults/{Equivocation,WrongExecution,Omission,ElementReferee}",
  "consumer/{Policies,Callbacks,CallbackReceiver}",
  "audits/Audits",
  "adapters/{AgentLink,AgentValidation}",
]

/**
 * Writes the ABI of every contract as JSON and as a constant, whose type is its content.
 *
 * @param root Where the contracts are compiled.
 * @returns the names of the contracts.
 * @throws Error when they are not compiled.
 */
export function writeAbis(root: string, folder: string): string[] {
  const artifacts = CONTRACTS.flatMap((name) =>
    globSync(`artifacts/contracts/${name}.sol/*.json`, { cwd: root }),
  ).filter((path) => path.includes(`${basename(path, ".json")}.sol`))
  if (artifacts.length === 0) throw new Error("The contracts are not compiled: run `npx hardhat build`")
  mkdirSync(folder, { recursive: true })
  const names = artifacts.map((path) => {
    const { contractName, abi } = JSON.parse(readFileSync(join(root, path), "utf8")) as Artifact
    const write = (extension: string, text: string) =>
      writeFileSync(join(folder, `${contractName}.${extension}`), `${text}\n`)
    write("json", JSON.stringify(abi, undefined, 2))
    write("js", `export const ${constantOf(contractName)} = ${JSON.stringify(abi)}`)
    write("d.ts", `export declare const ${constantOf(contractName)}: ${typeOf(abi)}`)
    return contractName
  })
  const index = names.map((name) => `export { ${constantOf(name)} } from "./${name}.js"`).join("\n")
  for (const extension of ["js", "d.ts"]) writeFileSync(join(folder, `index.${extension}`), `${index}\n`)
  return names
}

interface Artifact {
  readonly contractName: string
  readonly abi: unknown
}

/** `onusAbi`, `wrongExecutionAbi`. */
const constantOf = (name: string): string => `${name.charAt(0).toLowerCase()}${name.slice(1)}Abi`

/** The narrowest type of a value, as `as const` gives it. */
export function typeOf(value: unknown): string {
  if (Array.isArray(value)) return `readonly [${value.map(typeOf).join(", ")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([name, of]) => `readonly ${JSON.stringify(name)}: ${typeOf(of)}`)
  return `{ ${members.join("; ")} }`
}
