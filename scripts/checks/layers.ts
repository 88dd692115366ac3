// Imports point in one direction only, in TypeScript and in Solidity.
import { globSync, readFileSync } from "node:fs"
import { dirname, join, normalize, sep } from "node:path"

/** What each folder may import from besides itself. */
const TYPESCRIPT: Readonly<Record<string, readonly string[]>> = {
  "src/protocol": [],
  "src/engine": ["src/protocol"],
  "src/sdk": ["src/protocol", "src/engine", "types/contracts"],
  "src/cli": ["src/protocol", "src/engine", "src/sdk"],
}

const SOLIDITY: Readonly<Record<string, readonly string[]>> = {
  "contracts/types": [],
  "contracts/interfaces": ["contracts/types"],
  "contracts/libraries": ["contracts/types", "contracts/interfaces"],
  "contracts/core": ["contracts/types", "contracts/interfaces", "contracts/libraries"],
  "contracts/referee": ["contracts/types", "contracts/libraries"],
  "contracts/faults": ["contracts/types", "contracts/interfaces", "contracts/libraries", "contracts/referee"],
  "contracts/consumer": ["contracts/types", "contracts/interfaces", "contracts/libraries"],
}

const layerOf = (file: string, layers: readonly string[]) =>
  layers.find((layer) => file.startsWith(`${layer}/`))

function check(
  pattern: string,
  imports: RegExp,
  rules: Readonly<Record<string, readonly string[]>>,
): string[] {
  const problems: string[] = []
  for (const file of globSync(pattern).map((path) => path.split(sep).join("/"))) {
    const layer = layerOf(file, Object.keys(rules))
    if (!layer) continue
    for (const [, target] of readFileSync(file, "utf8").matchAll(imports)) {
      if (!target.startsWith(".")) continue
      const imported = normalize(join(dirname(file), target))
        .split(sep)
        .join("/")
      const allowed = [layer, ...rules[layer]]
      if (!layerOf(imported, allowed))
        problems.push(`${file} imports ${imported}; ${layer} may import ${allowed.join(", ")}`)
    }
  }
  return problems
}

const problems = [
  ...check("src/**/*.ts", /^(?:import|export)\b[^"]*?from "([^"]+)"/gms, TYPESCRIPT),
  ...check("contracts/**/*.sol", /^import [^"]*"([^"]+)";/gm, SOLIDITY),
]
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
