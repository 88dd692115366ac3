import { cpSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** What contracts of others inherit, call, and test themselves with. */
const OFFERED = ["contracts/consumer/**/*.sol", "contracts/interfaces/*.sol", "contracts/mocks/MockOnus.sol"]

const IMPORT = /^\s*import\b[^"';]*(["'])([^"'\n]+)\1/gm

/**
 * Copies the Solidity files for consumers, and what they import, to their places below `folder`.
 *
 * @returns the packages that they import.
 */
export function copySolidity(root: string, folder: string): Set<string> {
  const files = new Set(OFFERED.flatMap((pattern) => globSync(pattern, { cwd: root })))
  const packages = new Set<string>()
  // Grows while it is gone through.
  for (const file of files) {
    cpSync(join(root, file), join(folder, file))
    for (const [, , target] of readFileSync(join(root, file), "utf8").matchAll(IMPORT)) {
      if (target.startsWith(".")) files.add(join(dirname(file), target))
      else packages.add(packageOf(target))
    }
  }
  return packages
}

/** The name of the package that a module belongs to. */
export const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")
