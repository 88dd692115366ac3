import { execFileSync } from "node:child_process"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { buildPackage } from "../../scripts/package/build.ts"

const ROOT = join(import.meta.dirname, "..", "..")

/** What the package needs beside it, and what applications use it with. */
const BESIDE = [
  "@noble/hashes",
  "@openzeppelin/contracts",
  "@types/node",
  "@types/react",
  "csstype",
  "ethers",
  "react",
  "react-dom",
  "scheduler",
  "undici-types",
  "zod",
]

let folder: string | undefined

/** The folder of an application that has installed the package as npm packs it; made once for all tests. */
export function application(): string {
  if (folder) return folder
  folder = mkdtempSync(join(tmpdir(), "onus-application-"))
  const made = folder
  process.once("exit", () => rmSync(made, { recursive: true, force: true }))
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }')
  const built = join(folder, "built")
  buildPackage(ROOT, built)
  pack(built, folder)
  const modules = join(folder, "node_modules")
  mkdirSync(modules)
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"))
  execFileSync("tar", ["-xzf", join(folder, tarball), "-C", modules])
  renameSync(join(modules, "package"), join(modules, "onus"))
  for (const name of BESIDE) link(name, modules)
  return folder
}

function pack(built: string, to: string): void {
  const windows = process.platform === "win32"
  execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", to, built], {
    shell: windows,
    stdio: ["ignore", "ignore", "inherit"],
  })
}

function link(name: string, modules: string): void {
  const from = join(ROOT, "node_modules", name)
  if (!existsSync(from)) return
  mkdirSync(dirname(join(modules, name)), { recursive: true })
  symlinkSync(from, join(modules, name), "junction")
}
