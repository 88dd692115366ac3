import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { writeAbis } from "./abi.ts"
import { writeAddresses } from "./addresses.ts"
import { compile } from "./compile.ts"
import { type Project, manifestOf, modulesOf } from "./manifest.ts"
import { copySolidity } from "./solidity.ts"

/** Guides for who uses the package, and their names in it. */
const GUIDES = {
  "frontends.md": "README.md",
  "consumers.md": "consumers.md",
  "errors.md": "errors.md",
  "index.md": "index.md",
}

/**
 * Makes the folder that is published: scripts with declarations, ABIs, addresses, Solidity files, package.json.
 *
 * @param root Folder of the project, whose contracts are compiled.
 * @param deployments Where deployments are recorded.
 */
export function buildPackage(root: string, folder: string, deployments = join(root, "deployments")): void {
  const project = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Project
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const imported = copySolidity(root, folder)
  for (const specifier of compile(root, modulesOf(project), folder)) imported.add(specifier)
  writeAbis(root, join(folder, "abi"))
  writeAddresses(deployments, join(folder, "addresses"))
  writeFileSync(
    join(folder, "package.json"),
    `${JSON.stringify(manifestOf(project, imported), undefined, 2)}\n`,
  )
  for (const [guide, name] of Object.entries(GUIDES)) {
    const text = readFileSync(join(root, "docs", guide), "utf8")
    writeFileSync(join(folder, name), text.replaceAll("](../contracts/", "](contracts/"))
  }
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"))
}
