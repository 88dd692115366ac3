// Imports point in one direction only, in TypeScript and in Solidity: `layers.ts [ROOT]`.
import { existsSync, globSync, readFileSync, readdirSync } from "node:fs"
import { dirname, join, normalize, sep } from "node:path"

const root = process.argv[2] ?? "."

/** What the files of each folder may import besides each other. */
type Rules = Readonly<Record<string, readonly string[]>>

/** What long-running programs stand on. */
const FOUNDATION = [
  "src/protocol",
  "src/engine",
  "src/sdk",
  "src/store",
  "src/service",
  "src/chain",
  "src/pool",
  "types/contracts",
]

const TYPESCRIPT: Rules = {
  "src/protocol": [],
  "src/engine": ["src/protocol"],
  "src/sdk": ["src/protocol", "src/engine", "types/contracts"],
  "src/facts": ["src/protocol", "src/engine", "src/sdk", "types/contracts"],
  "src/react": ["src/protocol", "src/sdk", "src/facts"],
  "src/pool": ["src/protocol", "src/engine"],
  "src/store": ["src/protocol"],
  "src/service": ["src/protocol"],
  "src/chain": ["src/protocol", "src/sdk", "src/store", "src/service", "types/contracts"],
  "src/provider": FOUNDATION,
  "src/challenger": FOUNDATION,
  "src/tour": [
    "src/protocol",
    "src/engine",
    "src/sdk",
    "src/service",
    "src/pool",
    "src/provider",
    "src/challenger",
    "types/contracts",
  ],
  "src/cli": [
    "src/protocol",
    "src/engine",
    "src/sdk",
    "src/service",
    "src/chain",
    "src/provider",
    "src/challenger",
    "src/tour",
  ],
}

/** Pages, which run in browsers. */
const WEB: Rules = {
  "web/src": ["src/protocol", "src/engine", "src/sdk", "src/facts", "types/contracts"],
}

const SOLIDITY: Rules = {
  "contracts/types": [],
  "contracts/interfaces": ["contracts/types"],
  "contracts/libraries": ["contracts/types", "contracts/interfaces"],
  "contracts/core": ["contracts/types", "contracts/interfaces", "contracts/libraries"],
  "contracts/referee": ["contracts/types", "contracts/libraries"],
  "contracts/faults": ["contracts/types", "contracts/interfaces", "contracts/libraries", "contracts/referee"],
  "contracts/audits": ["contracts/types", "contracts/interfaces", "contracts/libraries"],
  "contracts/adapters": ["contracts/types", "contracts/interfaces", "contracts/libraries"],
  "contracts/consumer": ["contracts/types", "contracts/interfaces", "contracts/libraries"],
  "contracts/mocks": ["contracts"],
}

/** Folders that may import these packages and no others; the rest may import any. */
const PACKAGES: Rules = {
  "src/protocol": [
    "ethers",
    "node:crypto",
    "@noble/hashes/sha2.js",
    "@noble/hashes/sha3.js",
    "@noble/hashes/utils.js",
    "#sha256",
  ],
}

/** `... from "x"`, `import "x"` and `import("x")`, where code can stand: not in a comment. */
const TYPESCRIPT_IMPORTS =
  /^(?!\s*\*)(?:(?!\s*\/[/*]).)*?(?:\bfrom\s*|\bimport\s*\(?\s*)(["'`])([^"'`\n]+)\1/gm
const SOLIDITY_IMPORTS = /^\s*import\b[^"';]*(["'])([^"'\n]+)\1/gm

const posix = (path: string): string => path.split(sep).join("/")
const layerOf = (file: string, layers: readonly string[]) =>
  layers.find((layer) => file.startsWith(`${layer}/`))

/** Folders below one that have no rule. */
function unruled(folder: string, rules: Rules): string[] {
  const folders = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []
  return folders
    .map((name) => `${folder}/${name}`)
    .filter((name) => !(name in rules))
    .map((name) => `${name} has no rule in scripts/checks/layers.ts`)
}

/** Problems of the files under one folder. */
function check(folder: string, extension: string, imports: RegExp, rules: Rules): string[] {
  const problems: string[] = []
  for (const file of globSync(`${folder}/**/*.${extension}`, { cwd: root }).map(posix)) {
    const layer = layerOf(file, Object.keys(rules))
    if (!layer) continue
    for (const [, , target] of readFileSync(join(root, file), "utf8").matchAll(imports)) {
      const problem = judge(file, layer, target, rules)
      if (problem) problems.push(`${file} imports ${problem}`)
    }
  }
  return problems
}

function judge(file: string, layer: string, target: string, rules: Rules): string | undefined {
  if (!target.startsWith(".")) {
    const packages = PACKAGES[layer]
    if (!packages || packages.includes(target)) return undefined
    return `${target}; ${layer} may import the packages ${packages.join(", ")}`
  }
  const imported = posix(normalize(join(dirname(file), target)))
  const allowed = [layer, ...rules[layer]]
  return layerOf(imported, allowed) ? undefined : `${imported}; ${layer} may import ${allowed.join(", ")}`
}

const problems = [
  ...unruled("src", TYPESCRIPT),
  ...unruled("contracts", SOLIDITY),
  ...check("web/src", "{ts,tsx}", TYPESCRIPT_IMPORTS, WEB),
  ...check("src", "ts", TYPESCRIPT_IMPORTS, TYPESCRIPT),
  ...check("contracts", "sol", SOLIDITY_IMPORTS, SOLIDITY),
]
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
