import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { writeAbis } from "./abi.ts"
import { writeAddresses } from "./addresses.ts"
import { compile } from "./compile.ts"
import { type Project, manifestOf, modulesOf } from "./manifest.ts"
import { copySolidity } from "./solidity.ts"

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
  copyFileSync(join(root, "docs", "frontends.md"), join(folder, "README.md"))
  copyFileSync(join(root, "docs", "errors.md"), join(folder, "errors.md"))
  const consumers = readFileSync(join(root, "docs", "consumers.md"), "utf8")
  writeFileSync(join(folder, "consumers.md"), consumers.replaceAll("](../contracts/", "](contracts/"))
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"))
}
